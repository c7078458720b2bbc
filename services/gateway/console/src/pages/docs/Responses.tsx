import { Box, Group, Stack, Text } from "@mantine/core";
import { Code } from "../../parts/Code";
import { type OpenApi, type Operation, responsesOf } from "./openapi";
import { SchemaFields } from "./SchemaFields";

/** An example as it is read: lines and events of a stream are texts already. */
const asText = (example: unknown) => (typeof example === "string" ? example : JSON.stringify(example, null, 2));

/** What an operation may answer: success in full, each failure in a line. */
export function Responses({ document, operation }: { document: OpenApi; operation: Operation }) {
  return (
    <Stack gap="xs">
      {responsesOf(document, operation).map(([status, response]) => (
        <Box key={status}>
          <Group gap="xs" wrap="nowrap" align="baseline">
            <Text
              size="sm"
              ff="monospace"
              fw={700}
              c={status.startsWith("2") ? "var(--mantine-color-teal-light-color)" : "dimmed"}
              w={40}
              className="status"
            >
              {status}
            </Text>
            <Text size="sm">{response.description}</Text>
          </Group>
          {status.startsWith("2") &&
            Object.entries(response.content ?? {}).map(([type, { schema, example }]) => (
              <Stack key={type} gap={4} pl={48} mt={4}>
                <Text size="xs" c="dimmed" ff="monospace">
                  {type}
                </Text>
                {example !== undefined && (
                  <Code text={asText(example)} label={`the example of ${operation.operationId}`} />
                )}
                {schema && <SchemaFields title="Fields of the answer" document={document} schema={schema} />}
              </Stack>
            ))}
        </Box>
      ))}
    </Stack>
  );
}
