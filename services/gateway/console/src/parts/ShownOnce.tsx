import { Alert, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { Code } from "./Code";

/** Opens a dialog with a secret that is shown this once. */
export function showOnce(title: string, secrets: Record<string, string>): void {
  modals.open({
    title,
    size: "lg",
    closeOnClickOutside: false,
    children: (
      <Stack gap="md">
        <Alert color="yellow">Copy it now: it is shown this once, and cannot be read again.</Alert>
        {Object.entries(secrets).map(([name, secret]) => (
          <div key={name}>
            <Text size="sm" fw={600}>
              {name}
            </Text>
            <Code text={secret} label={name} />
          </div>
        ))}
      </Stack>
    ),
  });
}
