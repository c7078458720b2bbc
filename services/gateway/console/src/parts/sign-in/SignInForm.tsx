import { Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { useSession } from "../../api/session";
import { Failure } from "../Failure";

/** Asks for a key and its application id, and signs in with them. */
export function SignInForm({ children }: { children?: ReactNode }) {
  const { signIn } = useSession();
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
    <form onSubmit={submit} noValidate>
      <Stack>
        {children}
        {failure != null && <Failure error={failure} />}
        <TextInput
          label="Application id"
          autoComplete="username"
          autoFocus
          data-autofocus
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
  );
}
