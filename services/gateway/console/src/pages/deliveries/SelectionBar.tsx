import { Affix, Button, Group, Paper, Text } from "@mantine/core";
import { Ban, RotateCcw } from "lucide-react";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { confirm } from "../../parts/confirm";
import { useActions } from "./actions";
import { isSettled } from "./rows";

/** What can be done with the rows that are chosen; stands at the foot of the page while there are any. */
export function SelectionBar({ rows, may, onDone }: { rows: DeliveryJson[]; may: boolean; onDone(): void }) {
  const action = useActions(onDone);
  if (!rows.length) return null;
  const settled = rows.filter(isSettled).map((row) => row.id ?? "");
  const pending = rows.filter((row) => !isSettled(row)).map((row) => row.id ?? "");
  const again = () =>
    confirm(
      `Redeliver ${settled.length}?`,
      "Each is sent again as a new delivery, under the rate and the order of its target.",
      `Redeliver ${settled.length}`,
      () => action.mutate({ ids: settled, what: "redeliver" }),
      false,
    );
  const off = () =>
    confirm(
      `Cancel ${pending.length}?`,
      "They will not be sent. One whose attempt is under way is cancelled if that fails.",
      `Cancel ${pending.length}`,
      () => action.mutate({ ids: pending, what: "cancel" }),
    );
  return (
    <Affix position={{ bottom: 16, left: 8, right: 8 }} zIndex={90}>
      <Group justify="center">
        <Paper withBorder shadow="md" p="sm" role="region" aria-label="Selection">
          <Group gap="sm" justify="center">
            <Text size="sm" fw={600}>
              {rows.length} selected
            </Text>
            {may && settled.length > 0 && (
              <Button
                size="xs"
                onClick={again}
                loading={action.isPending}
                leftSection={<RotateCcw size={14} aria-hidden />}
              >
                Redeliver {settled.length}
              </Button>
            )}
            {may && pending.length > 0 && (
              <Button
                size="xs"
                color="red"
                variant="light"
                onClick={off}
                loading={action.isPending}
                leftSection={<Ban size={14} aria-hidden />}
              >
                Cancel {pending.length}
              </Button>
            )}
            {!may && <Text size="sm">This key may only look.</Text>}
            <Button size="xs" variant="default" onClick={onDone}>
              Unselect
            </Button>
          </Group>
        </Paper>
      </Group>
    </Affix>
  );
}
