import { Group, NumberInput, Select } from "@mantine/core";
import type { ComparisonJson, ConditionJson, FieldComparisonJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { COMPARISONS, fitting } from "./comparisons";
import { below, type ErrorAt, noErrors } from "./errors";
import { Operand } from "./Operand";
import type { Vocabulary } from "./useNames";

interface Props {
  condition: ConditionJson;
  names: Vocabulary;
  errorAt?: ErrorAt;
  onChange(condition: ConditionJson, about?: string): void;
}

/** One condition: a tag, a campaign, or a field and what it is compared with. */
export function Test({ condition, names, errorAt = noErrors, onChange }: Props) {
  const { tag, campaign, comparison } = condition;
  if (comparison)
    return (
      <Comparison
        comparison={comparison}
        names={names}
        errorAt={below(errorAt, "comparison")}
        onChange={(next, about) => onChange({ comparison: next }, about)}
      />
    );
  if (campaign) {
    return (
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Whether
          label={`The ${names.noun} is`}
          data={["on it", "not on it"]}
          absent={campaign.absent}
          onChange={(absent) => onChange({ campaign: { ...campaign, absent } })}
        />
        <Select
          flex={1}
          label="Campaign"
          data={names.campaigns}
          searchable
          value={campaign.campaign_id ?? null}
          error={errorAt("campaign.campaign_id")}
          onChange={(campaign_id) => onChange({ campaign: { ...campaign, campaign_id: campaign_id ?? undefined } })}
        />
      </Group>
    );
  }
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Whether
        label={`The ${names.noun}`}
        data={["has it", "has it not"]}
        absent={tag?.absent}
        onChange={(absent) => onChange({ tag: { ...tag, absent } })}
      />
      <NumberInput
        flex={1}
        label="Tag (number)"
        min={1}
        max={2147483647}
        allowDecimal={false}
        value={tag?.tag_id ?? ""}
        error={errorAt("tag.tag_id")}
        onChange={(entered) => onChange({ tag: { ...tag, tag_id: entered ? String(entered) : undefined } }, "tag")}
      />
    </Group>
  );
}

interface WhetherProps {
  label: string;
  data: [string, string];
  absent?: boolean;
  onChange(absent: boolean | undefined): void;
}

function Whether({ label, data, absent, onChange }: WhetherProps) {
  return (
    <Select
      w={130}
      label={label}
      data={data}
      allowDeselect={false}
      value={data[absent ? 1 : 0]}
      onChange={(chosen) => onChange(chosen === data[1] || undefined)}
    />
  );
}

interface ComparisonProps {
  comparison: FieldComparisonJson;
  names: Vocabulary;
  errorAt: ErrorAt;
  onChange(comparison: FieldComparisonJson, about?: string): void;
}

function Comparison({ comparison, names, errorAt, onChange }: ComparisonProps) {
  const kindOf = (key: string) => names.fields.find((each) => each.key === key)?.kind;
  const kind = kindOf(comparison.field ?? "");
  const chooseField = (field: string) => {
    const fits = fitting(kindOf(field));
    const kept = fits.find((each) => each === comparison.comparison) ?? fits[0];
    onChange({ field, comparison: kept, value: kindOf(field) === "FIELD_KIND_CHECKBOX" ? "1" : "" });
  };
  return (
    <>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Select
          flex={1}
          label="Field"
          searchable
          data={names.fields.map((each) => ({ value: each.key ?? "", label: each.label ?? "" }))}
          value={comparison.field ?? null}
          error={errorAt("field")}
          onChange={(field) => chooseField(field ?? "")}
        />
        <Select
          w={150}
          label="Comparison"
          allowDeselect={false}
          data={fitting(kind).map((each) => ({ value: each, label: COMPARISONS[each] ?? each }))}
          value={comparison.comparison ?? null}
          error={errorAt("comparison")}
          onChange={(chosen) => onChange({ ...comparison, comparison: (chosen as ComparisonJson) ?? undefined })}
        />
      </Group>
      <Operand comparison={comparison} kind={kind} errorAt={errorAt} onChange={onChange} />
    </>
  );
}
