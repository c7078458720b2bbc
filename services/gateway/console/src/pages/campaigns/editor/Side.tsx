import { Drawer, Paper } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  narrow: boolean;
  opened: boolean;
  children: ReactNode;
  onClose(): void;
}

/** Where things are set up: beside the map, on a phone in a drawer. */
export function Side({ narrow, opened, children, onClose }: Props) {
  if (!narrow) {
    return (
      <Paper withBorder p="md" className="panel" component="aside" aria-label="Set up" tabIndex={-1}>
        {children}
      </Paper>
    );
  }
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="bottom"
      size="80%"
      title="Set up"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {children}
    </Drawer>
  );
}
