import { NumberInput, Select, TextInput } from "@mantine/core";
import type { FieldJson } from "../../gen/hookline/registry/v1/object_type_pb";
import type { Param } from "./catalogue";
import { isDate } from "./comparisons";
import type { Vocabulary } from "./useNames";

interface Props {
  param: Param;
  names: Vocabulary;
  value: string;
  error?: string;
  onChange(value: string): void;
}

/** What a trigger is about: which tag, which form, which field. */
export function TriggerParam({ param, names, value, error, onChange }: Props) {
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
