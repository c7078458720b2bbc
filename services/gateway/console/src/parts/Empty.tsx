import { Paper, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** Stands where there is nothing yet, and says what to do next. */
export function Empty({ says, children }: { says: ReactNode; children?: ReactNode }) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="md" ta="center">
        <Text>{says}</Text>
        {children}
      </Stack>
    </Paper>
  );
}
