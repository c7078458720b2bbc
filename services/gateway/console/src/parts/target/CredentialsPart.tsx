import { Button, Group, Stack, Text } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { ChevronDown, ChevronRight } from "lucide-react";
import { useState } from "react";
import { AuthenticationFields, methods } from "./AuthenticationFields";
import type { Credentials, SavedCredentials } from "./credentials";
import { TlsFields } from "./TlsFields";

interface Props<Values extends Credentials> {
  form: UseFormReturnType<Values>;
  saved?: SavedCredentials;
}

const TITLE = "Authentication and certificates";

/** The part of a target's form for how requests authenticate: closed until it is asked for, or something in it is wrong. */
export function CredentialsPart<Values extends Credentials>({ form, saved }: Props<Values>) {
  const wrong = Object.keys(form.errors).some((path) => /^(authentication|tls)(\.|$)/.test(path));
  const [opened, setOpened] = useState(wrong);
  const [told, setTold] = useState(wrong);
  if (wrong !== told) {
    setTold(wrong);
    if (wrong) setOpened(true);
  }
  const Chevron = opened ? ChevronDown : ChevronRight;
  return (
    <Stack gap="sm" component="section" aria-label={TITLE}>
      <Group gap="xs">
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Chevron size={14} aria-hidden />}
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          {TITLE}
        </Button>
        {!opened && (
          <Text size="sm" c="dimmed">
            {inWords(form.values)}
          </Text>
        )}
      </Group>
      {opened && (
        <>
          <AuthenticationFields form={form} saved={saved?.authentication} />
          <TlsFields form={form} saved={saved?.tls} />
        </>
      )}
    </Stack>
  );
}

/** What is set, for who does not look into it. */
function inWords({ authentication, tls }: Credentials): string {
  const method = methods.find(({ value }) => value === authentication.method)?.label;
  return [
    method,
    tls.client_certificate.trim() && "a client certificate",
    tls.ca_certificates.trim() && "CA certificates of its own",
  ]
    .filter(Boolean)
    .join(" · ");
}
