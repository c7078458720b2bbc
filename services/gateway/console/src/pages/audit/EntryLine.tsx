import { Accordion, Badge, Group, Text } from "@mantine/core";
import type { AuditEntryJson } from "../../gen/hookline/registry/v1/audit_pb";
import { Time } from "../../parts/Time";
import { EntryDetails } from "./EntryDetails";
import { methodInWords } from "./words";

interface Props {
  entry: AuditEntryJson;
  /** The names of keys by their application ids. */
  keys: ReadonlyMap<string, string>;
  /** Whether entries of several accounts stand beside each other. */
  everywhere: boolean;
  opened: boolean;
}

/** An entry of the audit log: who did what, and opened what it changed. */
export function EntryLine({ entry, keys, everywhere, opened }: Props) {
  const { id = "", method = "", resource = "", outcome, application_id = "", account_id } = entry;
  const who = keys.get(application_id) || application_id;
  return (
    <Accordion.Item value={id}>
      <Accordion.Control>
        <Group gap={8}>
          <Text span size="sm" fw={600}>
            {methodInWords(method)}
          </Text>
          <Text span size="sm" ff="monospace">
            {resource}
          </Text>
          {outcome !== "OK" && (
            <Badge color="red" variant="light" tt="none">
              {outcome}
            </Badge>
          )}
        </Group>
        <Text size="sm" c="dimmed" component="div">
          {entry.operator ? "an operator, " : ""}
          {who}
          {everywhere && ` · ${account_id && account_id !== "0" ? `account ${account_id}` : "the installation"}`} ·{" "}
          <Time value={entry.create_time} span />
        </Text>
      </Accordion.Control>
      <Accordion.Panel>{opened && <EntryDetails entry={entry} />}</Accordion.Panel>
    </Accordion.Item>
  );
}
