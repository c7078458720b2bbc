import { Anchor, Checkbox, Group, Paper, Stack, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { Link } from "react-router";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { firedByName, targetName, toTarget } from "../../parts/links";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { isSettled, objectName, shownState } from "./rows";
import { useTargets } from "./useTargets";

interface Rows {
  rows: DeliveryJson[];
  selected: ReadonlySet<string>;
  onSelect(ids: string[], chosen: boolean): void;
}

/** The rows of the log: a table, or cards where it is narrow. */
export function LogRows(props: Rows) {
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false });
  return narrow ? <Cards {...props} /> : <Wide {...props} />;
}

function Wide({ rows, selected, onSelect }: Rows) {
  const urls = useTargets();
  const all = rows.every((row) => selected.has(row.id ?? ""));
  return (
    <Table verticalSpacing={6} layout="fixed" highlightOnHover aria-label="Deliveries">
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={36}>
            <Checkbox
              aria-label="Select all that are shown"
              checked={all}
              indeterminate={!all && selected.size > 0}
              onChange={() => onSelect(ids(rows), !all)}
            />
          </Table.Th>
          <Table.Th w={110}>State</Table.Th>
          <Table.Th>Event</Table.Th>
          <Table.Th w={210}>Target</Table.Th>
          <Table.Th w={240}>What came of it</Table.Th>
          <Table.Th w={120}>Created</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} url={urls.get(targetName(row.target))} selected={selected} onSelect={onSelect} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function Row({ row, url, selected, onSelect }: { row: DeliveryJson; url?: string } & Omit<Rows, "rows">) {
  return (
    <Table.Tr data-delivery={row.id} bg={selected.has(row.id ?? "") ? "var(--mantine-primary-color-light)" : undefined}>
      <Table.Td>
        <Choice row={row} selected={selected} onSelect={onSelect} />
      </Table.Td>
      <Table.Td>
        <State value={shownState(row)} prefix="DELIVERY_STATE_" />
      </Table.Td>
      <Table.Td>
        <Name row={row} />
        <Text size="xs" c="dimmed">
          {objectName(row)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Anchor component={Link} to={toTarget(row.target)} size="sm">
          {targetName(row.target)}
        </Anchor>
        <Text size="xs" c="dimmed" truncate title={url}>
          {row.fired_by?.source !== "subscription" && `${firedByName(row.fired_by)} · `}
          {url}
        </Text>
      </Table.Td>
      <Table.Td>
        <Result row={row} />
      </Table.Td>
      <Table.Td>
        <Time value={row.create_time} size="sm" />
      </Table.Td>
    </Table.Tr>
  );
}

function Cards({ rows, selected, onSelect }: Rows) {
  return (
    <Stack gap="xs" role="list" aria-label="Deliveries">
      {rows.map((row) => (
        <Paper key={row.id} data-delivery={row.id} role="listitem" withBorder p="sm">
          <Group justify="space-between" wrap="nowrap" mb={4}>
            <Group gap="xs" wrap="nowrap">
              <Choice row={row} selected={selected} onSelect={onSelect} />
              <State value={shownState(row)} prefix="DELIVERY_STATE_" />
            </Group>
            <Time value={row.create_time} size="xs" c="dimmed" />
          </Group>
          <Name row={row} />
          <Text size="xs" c="dimmed">
            {objectName(row)} to {targetName(row.target)}
          </Text>
          <Result row={row} />
        </Paper>
      ))}
    </Stack>
  );
}

function Choice({ row, selected, onSelect }: { row: DeliveryJson } & Omit<Rows, "rows">) {
  const id = row.id ?? "";
  return (
    <Checkbox
      aria-label={`Select delivery ${id}`}
      checked={selected.has(id)}
      onChange={(event) => onSelect([id], event.currentTarget.checked)}
    />
  );
}

function Name({ row }: { row: DeliveryJson }) {
  return (
    <Anchor
      component={Link}
      to={`/deliveries/${row.id}`}
      size="sm"
      fw={600}
      aria-label={`Delivery ${row.id}: ${row.event_type}`}
    >
      {row.event_type}
    </Anchor>
  );
}

/** What the last attempt came to, and when the next is due. */
function Result({ row }: { row: DeliveryJson }) {
  const waits = row.state === "DELIVERY_STATE_WAITING" && row.due_time;
  const due = waits && Date.parse(row.due_time ?? "") <= Date.now();
  return (
    <>
      <Text size="sm" lineClamp={2}>
        {row.reason || (row.last_status_code ? `answered ${row.last_status_code}` : "")}
      </Text>
      <Text size="xs" c="dimmed">
        {attemptsInWords(row)}
        {row.redelivery_of !== "0" && row.redelivery_of && ` · again, after ${row.redelivery_of}`}
        {due && " · waits for its turn"}
        {waits && !due && (
          <>
            {" · next "}
            <Time value={row.due_time} size="xs" inherit span />
          </>
        )}
      </Text>
    </>
  );
}

function attemptsInWords(row: DeliveryJson): string {
  const attempts = row.attempts ?? 0;
  if (!attempts) return isSettled(row) ? "never attempted" : "not attempted yet";
  return attempts === 1 ? "1 attempt" : `${attempts} attempts`;
}

function ids(rows: DeliveryJson[]): string[] {
  return rows.map((row) => row.id ?? "");
}
