import { Alert, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { ReactNode } from "react";
import { Code } from "./Code";

type Named = Record<string, string>;

/** Opens a dialog with a secret that is shown this once. */
export function showOnce(title: string, secrets: Named): void {
  open(title, <Alert color="yellow">Copy it now: it is shown this once, and cannot be read again.</Alert>, secrets);
}

/** Opens a dialog with something to copy that can be looked up later, too. */
export function showText(title: string, says: string, texts: Named): void {
  open(title, <Text size="sm">{says}</Text>, texts);
}

function open(title: string, says: ReactNode, texts: Named): void {
  modals.open({
    title,
    size: "lg",
    closeOnClickOutside: false,
    children: (
      <Stack gap="md">
        {says}
        {Object.entries(texts).map(([name, text]) => (
          <div key={name}>
            <Text size="sm" fw={600}>
              {name}
            </Text>
            <Code text={text} label={name} />
          </div>
        ))}
      </Stack>
    ),
  });
}
