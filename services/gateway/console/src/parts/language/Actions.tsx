import { ActionIcon, Anchor, Button, Group, Select, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useQuery } from "@tanstack/react-query";
import { ArrowUp, Plus } from "lucide-react";
import { Link } from "react-router";
import type { RuleActionJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { RemoveButton } from "../RemoveButton";
import { NewWebhook } from "../target/NewWebhook";
import { WEBHOOKS } from "../webhooks";
import { type ErrorAt, noErrors } from "./errors";

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
  const webhooks = (useQuery(WEBHOOKS).data ?? []).filter((each) => (each.object_type_id ?? 0) === objectTypeId);
  const data = webhooks.map(({ id = "", name, url }) => ({
    value: id,
    label: name ? `${name} (${id})` : `${id} ${url}`,
  }));
  const set = (index: number, webhook_id: string) =>
    onChange(actions.map((each, at) => (at === index ? { webhook_id } : each)));
  return (
    <Stack gap="xs" role="group" aria-label={label}>
      {actions.map(({ webhook_id = "" }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a webhook may stand twice, so the place is the key
        <Group key={index} gap={4} wrap="nowrap" align="flex-start">
          <Select
            flex={1}
            aria-label={`${label}: webhook ${index + 1}`}
            placeholder="Choose a webhook"
            searchable
            allowDeselect={false}
            nothingFoundMessage="No webhook of this type of object"
            data={known(data, webhook_id)}
            value={webhook_id || null}
            error={errorAt(`${index}.webhook_id`)}
            onChange={(chosen) => set(index, chosen ?? "")}
          />
          {webhook_id && (
            <Anchor component={Link} to={`/webhooks/${webhook_id}`} target="_blank" size="sm" mt={8}>
              Open
            </Anchor>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`${label}: send webhook ${index + 1} earlier`}
            disabled={index === 0}
            onClick={() => onChange(earlier(actions, index))}
          >
            <ArrowUp size={16} aria-hidden />
          </ActionIcon>
          <RemoveButton
            label={`${label}: remove webhook ${index + 1}`}
            onClick={() => onChange(actions.filter((_, at) => at !== index))}
          />
        </Group>
      ))}
      {actions.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing is sent yet.
        </Text>
      )}
      <Group gap="xs">
        <Button
          variant="light"
          size="xs"
          leftSection={<Plus size={14} aria-hidden />}
          disabled={actions.length >= 20}
          onClick={() => onChange([...actions, {}])}
        >
          Send a webhook
        </Button>
        <Button
          variant="subtle"
          size="xs"
          disabled={actions.length >= 20}
          onClick={() =>
            makeOne(objectTypeId, (id) => onChange([...actions.filter((each) => each.webhook_id), { webhook_id: id }]))
          }
        >
          Make a new one…
        </Button>
      </Group>
    </Stack>
  );
}

/** The list with the item at a place put one place earlier. */
export function earlier<Item>(items: readonly Item[], index: number): Item[] {
  const moved = items.filter((_, at) => at !== index);
  const item = items[index];
  if (item !== undefined) moved.splice(Math.max(index - 1, 0), 0, item);
  return moved;
}

// One that is gone, or about other objects, is shown by its id rather than as nothing.
const known = (data: { value: string; label: string }[], id: string) =>
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
