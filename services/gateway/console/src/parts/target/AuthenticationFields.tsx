import { Select, SimpleGrid, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { AuthenticationJson } from "../../gen/hookline/registry/v1/authentication_pb";
import { type Credentials, keepsSecret, type Method } from "./credentials";
import { OAuth2Fields } from "./OAuth2Fields";
import { SecretInput } from "./SecretInput";

export const methods: { value: Method; label: string }[] = [
  { value: "none", label: "None" },
  { value: "basic", label: "Basic" },
  { value: "bearer", label: "Bearer" },
  { value: "oauth2_client_credentials", label: "OAuth 2 client credentials" },
];

interface Props<Values extends Credentials> {
  form: UseFormReturnType<Values>;
  saved?: AuthenticationJson;
}

/** What requests show in their Authorization header. */
export function AuthenticationFields<Values extends Credentials>({ form, saved }: Props<Values>) {
  const { method } = form.values.authentication;
  const kept = keepsSecret(form.values, saved);
  return (
    <>
      <Select
        label="Authentication"
        description="What stands in the Authorization header; secrets are kept sealed, and shown to nobody again"
        allowDeselect={false}
        data={methods}
        {...form.getInputProps("authentication.method")}
      />
      {method === "basic" && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label="Username" autoComplete="off" {...form.getInputProps("authentication.basic.username")} />
          <SecretInput label="Password" kept={kept} {...form.getInputProps("authentication.basic.password")} />
        </SimpleGrid>
      )}
      {method === "bearer" && (
        <SecretInput label="Token" kept={kept} {...form.getInputProps("authentication.bearer.token")} />
      )}
      {method === "oauth2_client_credentials" && <OAuth2Fields form={form} kept={kept} />}
    </>
  );
}
