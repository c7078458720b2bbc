import { Group, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface SectionProps {
  title: string;
  says: string;
  error?: ReactNode;
  children: ReactNode;
}

/** A section of a form, with what is wrong with it as a whole. */
export function Section({ title, says, error, children }: SectionProps) {
  return (
    <Stack gap="xs" component="section" aria-label={title}>
      <Group gap="xs" align="baseline">
        <Title order={2} size="h4">
          {title}
        </Title>
        <Text size="sm" c="dimmed">
          {says}
        </Text>
      </Group>
      {children}
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}
