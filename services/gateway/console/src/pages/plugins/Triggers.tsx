import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useSession } from "../../api/session";
import type { ListTriggersResponseJson } from "../../gen/hookline/registry/v1/trigger_pb";
import { Code } from "../../parts/Code";
import { Deeds } from "../../parts/Deeds";
import { Empty } from "../../parts/Empty";
import { Listed } from "../../parts/Listed";
import { useMay } from "../../parts/may";
import { State } from "../../parts/State";
import { usePages } from "../../parts/usePages";
import { TriggerForm } from "./TriggerForm";
import { deleteTrigger, type Trigger, tellTrigger } from "./triggers";

/** The account's triggers of the kinds that plugins add. */
export function Triggers({ kinds }: { kinds: string[] }) {
  const { accountId } = useSession();
  const may = useMay("MANAGE");
  const [edited, setEdited] = useState<Trigger | null>(null);
  const triggers = usePages({
    queryKey: ["triggers", accountId],
    path: "/v1/triggers",
    items: (page: ListTriggersResponseJson) => page.triggers as Trigger[] | undefined,
  });
  return (
    <Stack component="section" aria-label="Triggers" mt="md">
      <Group justify="space-between">
        <Title order={2} size="h3">
          Triggers
        </Title>
        {may && (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setEdited({ kind: kinds[0] })}>
            New trigger
          </Button>
        )}
      </Group>
      <Listed
        pages={triggers}
        empty={<Empty says={`There is no trigger yet. Kinds that plugins add: ${kinds.join(", ")}.`} />}
      >
        {(all) => (
          <Stack gap="xs" component="ul" p={0} m={0} className="plain-list">
            {all.map((trigger) => (
              <TriggerCard key={trigger.id} trigger={trigger} may={may} onEdit={() => setEdited(trigger)} />
            ))}
          </Stack>
        )}
      </Listed>
      {edited && <TriggerForm key={edited.id ?? "new"} saved={edited} kinds={kinds} onClose={() => setEdited(null)} />}
    </Stack>
  );
}

function TriggerCard({ trigger, may, onEdit }: { trigger: Trigger; may: boolean; onEdit(): void }) {
  const { id = "", name, kind, etag, paused, configuration = {} } = trigger;
  const called = name || `Trigger ${id}`;
  return (
    <Paper withBorder p="sm" component="li" aria-label={called}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Text fw={600}>{called}</Text>
            <Text size="sm" c="dimmed">
              {kind}
            </Text>
          </div>
          <Group gap={4} wrap="nowrap" flex="none">
            <State value={paused ? "PAUSED" : "LIVE"} prefix="" />
            {may && (
              <Deeds
                name={called}
                paused={paused}
                list="triggers"
                deleting="What it fired before is still sent."
                turn={(verb) => tellTrigger(id, verb, etag)}
                away={() => deleteTrigger(id, etag)}
              />
            )}
          </Group>
        </Group>
        <Code text={JSON.stringify(configuration, null, 2)} label={`Configuration of ${called}`} height={200} />
        {may && (
          <Group>
            <Button size="compact-sm" variant="default" onClick={onEdit}>
              Edit
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}
