import { Group, PasswordInput, TextInput } from "@mantine/core";
import { setKeys, useKeys } from "../../parts/keys";

/** The API key and application id with which everything on this page is done. */
export function KeyFields() {
  const { key, appid } = useKeys();
  // Names that no browser knows: the key is for this tab, and nothing to be remembered.
  return (
    <Group gap="xs" align="flex-end" className="keys">
      <PasswordInput
        size="sm"
        aria-label="API key"
        placeholder="API key"
        name="hookline-docs-key"
        autoComplete="new-password"
        data-1p-ignore
        visibilityToggleButtonProps={{ "aria-label": "Show the key" }}
        value={key}
        onChange={(event) => setKeys({ key: event.currentTarget.value.trim() })}
      />
      <TextInput
        size="sm"
        aria-label="Application id"
        placeholder="Application id"
        name="hookline-docs-appid"
        autoComplete="off"
        value={appid}
        onChange={(event) => setKeys({ appid: event.currentTarget.value.trim() })}
      />
    </Group>
  );
}
