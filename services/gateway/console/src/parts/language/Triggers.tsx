import { ActionIcon, Button, Group, NumberInput, Paper, Select, Stack, Text, TextInput } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { RuleTriggerJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { type Param, TRIGGERS, triggerKind } from "./catalogue";
import type { Vocabulary } from "./useNames";

interface Props {
  triggers: readonly RuleTriggerJson[];
  objectTypeId: number;
  names: Vocabulary;
  /** `about` says what was changed, such as one field that is typed into. */
  onChange(triggers: RuleTriggerJson[], about: string): void;
}

/** Triggers of which any will do, each with what it is about. */
export function Triggers({ triggers, objectTypeId, names, onChange }: Props) {
  const set = (index: number, changed: RuleTriggerJson, about = "") =>
    onChange(
      triggers.map((each, at) => (at === index ? changed : each)),
      about && `${index}.${about}`,
    );
  return (
    <Stack gap="xs">
      {triggers.map((trigger, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: triggers have no other key than their place
        <Paper key={index} withBorder p="xs">
          <Group align="flex-end" wrap="nowrap" gap="xs">
            <Select
              label={index ? "Or when the contact…" : "When the contact…"}
              flex={1}
              searchable
              allowDeselect={false}
              maxDropdownHeight={320}
              data={offered(objectTypeId, trigger.event ?? "")}
              value={trigger.event ?? null}
              onChange={(event) => set(index, { event: event ?? "", params: {} })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Remove trigger ${index + 1}`}
              onClick={() =>
                onChange(
                  triggers.filter((_, at) => at !== index),
                  "",
                )
              }
            >
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          </Group>
          {triggerKind(trigger.event ?? "").params.map((param) => (
            <TriggerParam
              key={param.name}
              param={param}
              names={names}
              value={trigger.params?.[param.name] ?? ""}
              onChange={(value) =>
                set(index, { ...trigger, params: { ...trigger.params, [param.name]: value } }, param.name)
              }
            />
          ))}
        </Paper>
      ))}
      {triggers.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing sets it off yet.
        </Text>
      )}
      <Button
        variant="light"
        size="xs"
        leftSection={<Plus size={14} aria-hidden />}
        disabled={triggers.length >= 50}
        onClick={() => onChange([...triggers, { event: "sub_tag", params: {} }], "")}
      >
        Add a trigger
      </Button>
    </Stack>
  );
}

function offered(objectTypeId: number, current: string) {
  const fit = TRIGGERS.filter((each) => objectTypeId === 0 || !each.contactsOnly || each.event === current);
  const known = fit.some((each) => each.event === current) ? fit : [triggerKind(current), ...fit];
  return known.map((each) => ({ value: each.event, label: each.label }));
}

interface ParamProps {
  param: Param;
  names: Vocabulary;
  value: string;
  onChange(value: string): void;
}

function TriggerParam({ param, names, value, onChange }: ParamProps) {
  const label = param.optional ? `${param.label} (any, if left out)` : param.label;
  const choices = choicesOf(param, names);
  if (choices) {
    return (
      <Select
        mt="xs"
        label={label}
        data={choices}
        searchable={choices.length > 8}
        clearable={param.optional}
        value={value || null}
        onChange={(chosen) => onChange(chosen ?? "")}
      />
    );
  }
  if (param.kind === "text")
    return <TextInput mt="xs" label={label} value={value} onChange={(event) => onChange(event.currentTarget.value)} />;
  return (
    <NumberInput
      mt="xs"
      label={`${label} (number)`}
      min={0}
      max={2147483647}
      allowDecimal={false}
      allowNegative={false}
      value={value}
      onChange={(entered) => onChange(String(entered))}
    />
  );
}

function choicesOf(param: Param, names: Vocabulary) {
  if (param.kind === "field") return names.fields.map((each) => ({ value: each.key ?? "", label: each.label ?? "" }));
  return param.kind === "campaign" ? names.campaigns : param.choices;
}
