import { Group, Paper, Select, SimpleGrid } from "@mantine/core";
import type { RuleTriggerJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { type Line, Lines } from "../Lines";
import { RemoveButton } from "../RemoveButton";
import { TRIGGERS, type TriggerKind, triggerKind } from "./catalogue";
import { below, type ErrorAt, noErrors } from "./errors";
import { TriggerParam } from "./TriggerParam";
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
  return (
    <Lines
      items={triggers}
      most={50}
      add="Add a trigger"
      fresh={() => ({ event: "sub_tag", params: {} })}
      none="Nothing sets it off yet."
      onChange={onChange}
    >
      {(trigger, line) => (
        <TriggerLine
          trigger={trigger}
          line={line}
          events={offered(objectTypeId, dates, trigger.event ?? "")}
          names={names}
          errorAt={below(errorAt, String(line.index))}
        />
      )}
    </Lines>
  );
}

interface LineProps {
  trigger: RuleTriggerJson;
  line: Line<RuleTriggerJson>;
  events: { value: string; label: string }[];
  names: Vocabulary;
  errorAt: ErrorAt;
}

function TriggerLine({ trigger, line: { index, set, remove }, events, names, errorAt }: LineProps) {
  return (
    <Paper withBorder p="xs">
      <Group align="flex-start" wrap="nowrap" gap="xs">
        <Select
          label={`${index ? "Or when" : "When"} the ${names.noun}…`}
          flex={1}
          searchable
          allowDeselect={false}
          maxDropdownHeight={320}
          data={events}
          value={trigger.event ?? null}
          error={errorAt("event") ?? errorAt("params")}
          onChange={(event) => set({ event: event ?? "", params: {} })}
        />
        <RemoveButton mt={24} label={`Remove trigger ${index + 1}`} onClick={remove} />
      </Group>
      <SimpleGrid type="container" cols={{ base: 1, "420px": 2 }} spacing="xs" verticalSpacing={0}>
        {triggerKind(trigger.event ?? "").params.map((param) => (
          <TriggerParam
            key={param.name}
            param={param}
            names={names}
            value={trigger.params?.[param.name] ?? ""}
            error={errorAt(`params.${param.name}`)}
            onChange={(value) => set({ ...trigger, params: { ...trigger.params, [param.name]: value } }, param.name)}
          />
        ))}
      </SimpleGrid>
    </Paper>
  );
}

function offered(objectTypeId: number, dates: boolean, current: string) {
  const fits = (each: TriggerKind) => (objectTypeId === 0 || !each.contactsOnly) && (dates || !each.rulesOnly);
  const fit = TRIGGERS.filter((each) => fits(each) || each.event === current);
  const known = fit.some((each) => each.event === current) ? fit : [triggerKind(current), ...fit];
  return known.map((each) => ({ value: each.event, label: each.label }));
}
