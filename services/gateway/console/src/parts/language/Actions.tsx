import { ActionIcon, Anchor, Box, Button, Group, Select } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useQuery } from "@tanstack/react-query";
import { ArrowUp } from "lucide-react";
import { Link } from "react-router";
import type { RuleActionJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { type Line, Lines } from "../Lines";
import { RemoveButton } from "../RemoveButton";
import { NewWebhook } from "../target/NewWebhook";
import { WEBHOOKS } from "../webhooks";
import { type ErrorAt, noErrors } from "./errors";

/** How many there may be. */
const MOST = 20;

interface Props {
  /** What the list is called, such as `Always-On`. */
  label: string;
  actions: readonly RuleActionJson[];
  objectTypeId: number;
  /** What is wrong at a path such as `0.webhook_id`. */
  errorAt?: ErrorAt;
  onChange(actions: RuleActionJson[]): void;
}

/** The webhooks that are sent, in order: chosen among those of the object type, or made here. */
export function Actions({ label, actions, objectTypeId, errorAt = noErrors, onChange }: Props) {
  const webhooks = useOffered(objectTypeId);
  const add = (webhook_id: string) => onChange([...actions.filter((each) => each.webhook_id), { webhook_id }]);
  const making = (
    <Button variant="subtle" size="xs" disabled={actions.length >= MOST} onClick={() => makeOne(objectTypeId, add)}>
      Make a new one…
    </Button>
  );
  return (
    <Box role="group" aria-label={label}>
      <Lines
        items={actions}
        most={MOST}
        add="Send a webhook"
        fresh={(): RuleActionJson => ({})}
        none="Nothing is sent yet."
        beside={making}
        onChange={onChange}
      >
        {({ webhook_id = "" }, line) => (
          <ActionLine
            label={label}
            webhook={webhook_id}
            webhooks={webhooks}
            line={line}
            error={errorAt(`${line.index}.webhook_id`)}
            onEarlier={() => onChange(earlier(actions, line.index))}
          />
        )}
      </Lines>
    </Box>
  );
}

interface LineProps {
  label: string;
  webhook: string;
  webhooks: Choice[];
  line: Line<RuleActionJson>;
  error?: string;
  onEarlier(): void;
}

function ActionLine({ label, webhook, webhooks, line: { index, set, remove }, error, onEarlier }: LineProps) {
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <Select
        flex={1}
        aria-label={`${label}: webhook ${index + 1}`}
        placeholder="Choose a webhook"
        searchable
        allowDeselect={false}
        nothingFoundMessage="No webhook of this type of object"
        data={known(webhooks, webhook)}
        value={webhook || null}
        error={error}
        onChange={(chosen) => set({ webhook_id: chosen ?? "" })}
      />
      {webhook && (
        <Anchor component={Link} to={`/webhooks/${webhook}`} target="_blank" size="sm" mt={8}>
          Open
        </Anchor>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`${label}: send webhook ${index + 1} earlier`}
        disabled={index === 0}
        onClick={onEarlier}
      >
        <ArrowUp size={16} aria-hidden />
      </ActionIcon>
      <RemoveButton label={`${label}: remove webhook ${index + 1}`} onClick={remove} />
    </Group>
  );
}

interface Choice {
  value: string;
  label: string;
}

/** The webhooks about a type of object. */
function useOffered(objectTypeId: number): Choice[] {
  const webhooks = useQuery(WEBHOOKS).data ?? [];
  return webhooks
    .filter((each) => (each.object_type_id ?? 0) === objectTypeId)
    .map(({ id = "", name, url }) => ({ value: id, label: name ? `${name} (${id})` : `${id} ${url}` }));
}

/** The list with the item at a place put one place earlier. */
export function earlier<Item>(items: readonly Item[], index: number): Item[] {
  const moved = items.filter((_, at) => at !== index);
  const item = items[index];
  if (item !== undefined) moved.splice(Math.max(index - 1, 0), 0, item);
  return moved;
}

// One that is gone, or about other objects, is shown by its id rather than as nothing.
const known = (data: Choice[], id: string) =>
  !id || data.some((each) => each.value === id) ? data : [{ value: id, label: `Webhook ${id}` }, ...data];

function makeOne(objectTypeId: number, onMade: (id: string) => void): void {
  const id = "new-webhook";
  const close = () => modals.close(id);
  modals.open({
    modalId: id,
    title: "New webhook",
    children: (
      <NewWebhook
        objectTypeId={objectTypeId}
        onCancel={close}
        onMade={(made) => {
          close();
          onMade(made);
        }}
      />
    ),
  });
}
