import { Accordion, Box, Group, Text, Title } from "@mantine/core";
import { memo, useRef } from "react";
import { Method } from "./Method";
import { OperationPanel } from "./OperationPanel";
import type { OpenApi, Operation, Group as Service } from "./openapi";

interface Props {
  document: OpenApi;
  group: Service;
  opened: string[];
  onChange(opened: string[]): void;
}

/** One service: its operations as lines that open. */
export function GroupSection({ document, group, opened, onChange }: Props) {
  return (
    <Box component="section" mb="xl" aria-labelledby={`service-${group.name}`} className="service">
      <Title order={3} size="h4" id={`service-${group.name}`}>
        {group.title}
      </Title>
      <Text size="sm" c="dimmed" mb="xs" maw={760}>
        {group.description}
      </Text>
      <Accordion
        multiple
        variant="contained"
        transitionDuration={0}
        order={4}
        value={opened}
        onChange={onChange}
        className="operations"
      >
        {group.operations.map((operation) => (
          <Line
            key={operation.operationId}
            document={document}
            operation={operation}
            opened={opened.includes(operation.operationId)}
          />
        ))}
      </Accordion>
    </Box>
  );
}

type LineProps = { document: OpenApi; operation: Operation; opened: boolean };

const Line = memo(function Line({ document, operation, opened }: LineProps) {
  // What was filled in and answered stays when the line is closed; what was never opened is never drawn.
  const drawn = useRef(false);
  drawn.current ||= opened;
  return (
    <Accordion.Item value={operation.operationId} id={operation.operationId}>
      <Accordion.Control>
        <Group gap="sm" wrap="nowrap" align="flex-start" className="line">
          <Method name={operation.method} />
          <Box miw={0}>
            <Text ff="monospace" size="sm" fw={600}>
              {operation.path}
            </Text>
            <Text size="sm" c="dimmed">
              {operation.summary}
            </Text>
          </Box>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>{drawn.current && <OperationPanel document={document} operation={operation} />}</Accordion.Panel>
    </Accordion.Item>
  );
});
