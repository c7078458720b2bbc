import type { StructJson } from "@bufbuild/protobuf/wkt";
import { Anchor, Stack, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { AuditEntryJson } from "../../gen/hookline/registry/v1/audit_pb";
import { Code } from "../../parts/Code";
import { type Change, changesOf } from "./changes";
import { pageOf } from "./words";

/** What an entry changed, and by which request. */
export function EntryDetails({ entry }: { entry: AuditEntryJson }) {
  const before = stated(entry.before);
  const after = stated(entry.after);
  const page = pageOf(entry);
  return (
    <Stack gap="sm">
      {page && (
        <Anchor component={Link} to={page} size="sm" underline="always">
          Open {entry.resource}
        </Anchor>
      )}
      {before && after && <Changes changes={changesOf(before, after)} />}
      {before && !after && <Whole title="As it was before it was deleted" value={before} />}
      {!before && after && (
        <Whole title={entry.method?.includes(".dispatcher.") ? "What was asked" : "As it was made"} value={after} />
      )}
      <Facts entry={entry} />
    </Stack>
  );
}

/** A state that was told; one without a field stands for none. */
const stated = (state?: StructJson) => (state && Object.keys(state).length ? state : undefined);

function Changes({ changes }: { changes: Change[] }) {
  if (changes.length === 0) return <Text size="sm">No field has another value than before.</Text>;
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table aria-label="What changed" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            <Table.Th>Before</Table.Th>
            <Table.Th>After</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {changes.map(({ path, before, after }) => (
            <Table.Tr key={path} className="monospace">
              <Table.Td>{path}</Table.Td>
              <Table.Td>{before ?? "–"}</Table.Td>
              <Table.Td>{after ?? "–"}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Whole({ title, value }: { title: string; value: object }) {
  return (
    <div>
      <Text size="sm" fw={600} mb={4}>
        {title}
      </Text>
      <Code text={JSON.stringify(value, null, 2)} label={title} />
    </div>
  );
}

function Facts({ entry }: { entry: AuditEntryJson }) {
  return (
    <Text size="xs" c="dimmed" component="dl" m={0}>
      <Fact name="When">{entry.create_time && new Date(entry.create_time).toISOString()}</Fact>
      <Fact name="Method">{entry.method}</Fact>
      <Fact name="Key">{entry.application_id}</Fact>
      <Fact name="Request">{entry.request_id}</Fact>
      <Fact name="From">{entry.peer}</Fact>
    </Text>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (!children) return null;
  return (
    <div>
      <dt className="inline">{name}:</dt> <dd className="inline monospace">{children}</dd>
    </div>
  );
}
