import { Box, Code, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { type OpenApi, resolve, type Schema, typeOf } from "./openapi";

interface Props {
  document: OpenApi;
  schema: Schema;
  title: string;
}

/** The fields of a message behind a line that opens; those of inner messages are drawn when their own line is opened. */
export function SchemaFields({ document, schema, title }: Props) {
  const [opened, setOpened] = useState(false);
  if (Object.keys(propertiesOf(document, schema)).length === 0) return null;
  return (
    <details onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary className="summary">{title}</summary>
      {opened && <Fields document={document} schema={schema} />}
    </details>
  );
}

function Fields({ document, schema }: Omit<Props, "title">) {
  return (
    <Stack gap={6} mt={6} pl="sm" className="fields">
      {Object.entries(propertiesOf(document, schema)).map(([name, field]) => (
        <Field key={name} document={document} name={name} schema={field} />
      ))}
    </Stack>
  );
}

function Field({ document, name, schema }: { document: OpenApi; name: string; schema: Schema }) {
  const { schema: found } = resolve(document, schema);
  const inner = found.items ?? found;
  const values = resolve(document, inner).schema.enum;
  return (
    <Box>
      <Group gap={8}>
        <Text size="sm" ff="monospace" fw={600}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {typeOf(document, schema)}
        </Text>
      </Group>
      {found.description && (
        <Text size="sm" c="dimmed" className="lines">
          {withoutName(found.description, name)}
        </Text>
      )}
      {values && (
        <Group gap={4} mt={2}>
          {values.map((value) => (
            <Code key={String(value)}>{String(value)}</Code>
          ))}
        </Group>
      )}
      <SchemaFields title={`Fields of ${name}`} document={document} schema={inner} />
    </Box>
  );
}

function propertiesOf(document: OpenApi, schema: Schema): Record<string, Schema> {
  const { schema: found } = resolve(document, schema);
  const parts = [...(found.allOf ?? []), ...(found.anyOf ?? []), ...(found.oneOf ?? [])];
  const inherited = parts.map((part) => propertiesOf(document, part));
  return Object.assign({}, ...inherited, found.properties);
}

function withoutName(description: string, name: string): string {
  const said = description.startsWith(`${name} `) ? description.slice(name.length + 1) : description;
  return said.slice(0, 1).toUpperCase() + said.slice(1);
}
