import { Button, Fieldset, Group, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { TlsSettingsJson } from "../../gen/hookline/registry/v1/tls_pb";
import { type Credentials, keepsKey } from "./credentials";
import { PemInput } from "./PemInput";

interface Props<Values extends Credentials> {
  form: UseFormReturnType<Values>;
  saved?: TlsSettingsJson;
}

/** What connections to the receiver show and trust. */
export function TlsFields<Values extends Credentials>({ form, saved }: Props<Values>) {
  const { client_certificate, client_private_key } = form.values.tls;
  const pem = (name: keyof Credentials["tls"]) => pemProps(form, `tls.${name}`);
  const remove = () => {
    pem("client_certificate").onChange("");
    pem("client_private_key").onChange("");
  };
  return (
    <Fieldset legend="Certificates" variant="unstyled" m={0} classNames={{ legend: "as-label" }}>
      <Stack gap="sm">
        <Text size="xs" c="dimmed">
          For https receivers, in PEM. A private key is kept sealed, and shown to nobody again.
        </Text>
        {form.errors.tls && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert" data-path="tls" tabIndex={-1}>
            {form.errors.tls}
          </Text>
        )}
        <PemInput
          label="Client certificate"
          description="Shown to a receiver that asks for one, with its chain behind it"
          {...pem("client_certificate")}
        />
        <PemInput
          label="Private key"
          description="That of the client certificate, without a password"
          placeholder={keepsKey(form.values, saved) ? "kept; type to replace" : undefined}
          {...pem("client_private_key")}
        />
        {(client_certificate || client_private_key) && (
          <Group>
            <Button size="compact-sm" variant="default" onClick={remove}>
              Remove the client certificate
            </Button>
          </Group>
        )}
        <PemInput
          label="CA certificates"
          description="Trusted instead of the system's; empty: the system's"
          {...pem("ca_certificates")}
        />
      </Stack>
    </Fieldset>
  );
}

/** What an input for PEM takes of a form, by the path of its field. */
export function pemProps<Values extends Credentials>(form: UseFormReturnType<Values>, path: string) {
  return {
    ...form.getInputProps(path),
    onChange: (pem: string) => form.setFieldValue(path, pem as never),
    onFault: (reason: string) => form.setFieldError(path, reason),
  };
}
