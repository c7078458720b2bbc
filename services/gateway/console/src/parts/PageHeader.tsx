import { Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

/** The head of a page: its title, a line that says what it is for, and what can be done here. */
export function PageHeader({ title, says, children }: { title: string; says?: ReactNode; children?: ReactNode }) {
  useDocumentTitle(`${title} · Hookline`);
  return (
    <Group justify="space-between" align="flex-start" mb="lg">
      <Stack gap={2} miw={0}>
        <Title order={1} size="h2" lineClamp={3} title={title}>
          {title}
        </Title>
        {says && (
          <Text c="dimmed" size="sm" maw={720}>
            {says}
          </Text>
        )}
      </Stack>
      {children && <Group gap="sm">{children}</Group>}
    </Group>
  );
}
