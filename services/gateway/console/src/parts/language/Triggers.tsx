import {
  ActionIcon,
  Button,
  Group,
  NumberInput,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { RuleTriggerJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import type { FieldJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { type Param, TRIGGERS, type TriggerKind, triggerKind } from "./catalogue";
import { isDate } from "./comparisons";
import { type ErrorAt, noErrors } from "./errors";
import type { Vocabulary } from "./useNames";

interface Props {
  triggers: readonly RuleTriggerJson[];
  objectTypeId: number;
  names: Vocabulary;
  /** Whether those are offered that come with the calendar. */
  dates?: boolean;
  /** What is wrong at a path such as `0.params.tag_id`. */
  errorAt?: ErrorAt;
  /** `about` says what was changed, such as one field that is typed into. */
  onChange(triggers: RuleTriggerJson[], about: string): void;
}

/** Triggers of which any will do, each with what it is about. */
export function Triggers({ triggers, objectTypeId, names, dates = false, errorAt = noErrors, onChange }: Props) {
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
          <Group align="flex-start" wrap="nowrap" gap="xs">
            <Select
              label={`${index ? "Or when" : "When"} the ${names.noun}…`}
              flex={1}
              searchable
              allowDeselect={false}
              maxDropdownHeight={320}
              data={offered(objectTypeId, dates, trigger.event ?? "")}
              value={trigger.event ?? null}
              error={errorAt(`${index}.event`) ?? errorAt(`${index}.params`)}
              onChange={(event) => set(index, { event: event ?? "", params: {} })}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              mt={24}
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
          <SimpleGrid type="container" cols={{ base: 1, "420px": 2 }} spacing="xs" verticalSpacing={0}>
            {triggerKind(trigger.event ?? "").params.map((param) => (
              <TriggerParam
                key={param.name}
                param={param}
                names={names}
                value={trigger.params?.[param.name] ?? ""}
                error={errorAt(`${index}.params.${param.name}`)}
                onChange={(value) =>
                  set(index, { ...trigger, params: { ...trigger.params, [param.name]: value } }, param.name)
                }
              />
            ))}
          </SimpleGrid>
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

function offered(objectTypeId: number, dates: boolean, current: string) {
  const fits = (each: TriggerKind) => (objectTypeId === 0 || !each.contactsOnly) && (dates || !each.rulesOnly);
  const fit = TRIGGERS.filter((each) => fits(each) || each.event === current);
  const known = fit.some((each) => each.event === current) ? fit : [triggerKind(current), ...fit];
  return known.map((each) => ({ value: each.event, label: each.label }));
}

interface ParamProps {
  param: Param;
  names: Vocabulary;
  value: string;
  error?: string;
  onChange(value: string): void;
}

function TriggerParam({ param, names, value, error, onChange }: ParamProps) {
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
        error={error}
        onChange={(chosen) => onChange(chosen ?? "")}
      />
    );
  }
  if (param.kind === "text")
    return (
      <TextInput
        mt="xs"
        label={label}
        value={value}
        error={error}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <NumberInput
      mt="xs"
      label={`${label} (number)`}
      min={0}
      max={2147483647}
      allowDecimal={false}
      allowNegative={false}
      value={value}
      error={error}
      onChange={(entered) => onChange(String(entered))}
    />
  );
}

function choicesOf(param: Param, names: Vocabulary) {
  const offer = (fields: FieldJson[]) => fields.map((each) => ({ value: each.key ?? "", label: each.label ?? "" }));
  if (param.kind === "field") return offer(names.fields);
  if (param.kind === "date") return offer(names.fields.filter((each) => isDate(each.kind)));
  return param.kind === "campaign" ? names.campaigns : param.choices;
}
