import { Button, Center, Group, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDocumentTitle } from "@mantine/hooks";
import { useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { useSession } from "../api/session";
import { Failure } from "../parts/Failure";
import { ColourScheme } from "../parts/Shell";

/** Only a path of this console is gone to after the sign-in, never an address that somebody put into a link. */
function inside(path: string | null): string {
  return path?.startsWith("/") && !path.startsWith("//") && !path.includes("\\") ? path : "/";
}

export function SignIn() {
  useDocumentTitle("Sign in · Hookline");
  const { caller, signIn } = useSession();
  const [parameters] = useSearchParams();
  const [failure, setFailure] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { key: "", appid: "" },
    validate: {
      key: (value) => (value.trim() ? null : "Enter the API key"),
      appid: (value) => (value.trim() ? null : "Enter the application id that belongs to the key"),
    },
  });
  if (caller) return <Navigate to={inside(parameters.get("to"))} replace />;
  const submit = form.onSubmit(async ({ key, appid }) => {
    setBusy(true);
    try {
      await signIn(key.trim(), appid.trim());
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  });
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" w={420} maw="100%">
        <form onSubmit={submit} noValidate>
          <Stack>
            <Heading />
            {failure != null && <Failure error={failure} />}
            <TextInput
              label="Application id"
              autoComplete="username"
              autoFocus
              key={form.key("appid")}
              {...form.getInputProps("appid")}
            />
            <PasswordInput
              label="API key"
              autoComplete="current-password"
              visibilityToggleButtonProps={{ "aria-label": "Show the key" }}
              key={form.key("key")}
              {...form.getInputProps("key")}
            />
            <Button type="submit" loading={busy}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              Both are in the file credentials.json that the first start writes into its data folder, or come with a key
              made on the page API keys.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}

function Heading() {
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start">
      <Group gap="sm" wrap="nowrap">
        <img src="/favicon.svg" alt="" width={32} height={32} />
        <Title order={1} size="h3">
          Sign in to Hookline
        </Title>
      </Group>
      <ColourScheme />
    </Group>
  );
}
