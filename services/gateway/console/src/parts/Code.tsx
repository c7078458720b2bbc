import { ActionIcon, Box, CopyButton, ScrollArea, Text, Tooltip } from "@mantine/core";
import { Check, Copy } from "lucide-react";

/** A button that copies a text, and says that it did. */
export function Copying({ text, label }: { text: string; label: string }) {
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : label}>
          <ActionIcon variant="subtle" color="gray" onClick={copy} aria-label={copied ? "Copied" : label}>
            {copied ? <Check size={16} aria-hidden /> : <Copy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** A text as it is, such as a body or a command, in a box that scrolls; always shown as text. */
export function Code({ text, label, height = 320 }: { text: string; label: string; height?: number }) {
  return (
    <Box pos="relative" bd="1px solid var(--mantine-color-default-border)" bdrs="md">
      <Box pos="absolute" top={4} right={4} className="above">
        <Copying text={text} label={`Copy ${label}`} />
      </Box>
      <ScrollArea.Autosize
        mah={height}
        type="auto"
        viewportProps={{ tabIndex: 0, "aria-label": label, role: "region" }}
      >
        <Text component="pre" ff="monospace" size="sm" m={0} p="sm" pr={40} className="pre">
          {text || " "}
        </Text>
      </ScrollArea.Autosize>
    </Box>
  );
}
