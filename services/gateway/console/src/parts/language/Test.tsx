import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import type {
  ComparisonJson,
  ConditionJson,
  DateUnitJson,
  FieldComparisonJson,
} from "../../gen/hookline/registry/v1/global_rule_pb";
import { COMPARISONS, fitting, isDate } from "./comparisons";
import type { Vocabulary } from "./useNames";

interface Props {
  condition: ConditionJson;
  names: Vocabulary;
  onChange(condition: ConditionJson, about?: string): void;
}

/** One condition: a tag, a campaign, or a field and what it is compared with. */
export function Test({ condition, names, onChange }: Props) {
  const { tag, campaign, comparison } = condition;
  if (comparison)
    return (
      <Comparison
        comparison={comparison}
        names={names}
        onChange={(next, about) => onChange({ comparison: next }, about)}
      />
    );
  if (campaign) {
    return (
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <Whether
          label="The contact is"
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
          onChange={(campaign_id) => onChange({ campaign: { ...campaign, campaign_id: campaign_id ?? undefined } })}
        />
      </Group>
    );
  }
  return (
    <Group gap="xs" wrap="nowrap" align="flex-end">
      <Whether
        label="The contact"
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
  onChange(comparison: FieldComparisonJson, about?: string): void;
}

function Comparison({ comparison, names, onChange }: ComparisonProps) {
  const kindOf = (key: string) => names.fields.find((each) => each.key === key)?.kind;
  const kind = kindOf(comparison.field ?? "");
  const chooseField = (field: string) => {
    const fits = fitting(kindOf(field));
    const kept = fits.find((each) => each === comparison.comparison) ?? fits[0];
    onChange({ field, comparison: kept, value: kindOf(field) === "FIELD_KIND_CHECKBOX" ? "1" : "" });
  };
  return (
    <>
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <Select
          flex={1}
          label="Field"
          searchable
          data={names.fields.map((each) => ({ value: each.key ?? "", label: each.label ?? "" }))}
          value={comparison.field ?? null}
          onChange={(field) => chooseField(field ?? "")}
        />
        <Select
          w={150}
          label="Comparison"
          allowDeselect={false}
          data={fitting(kind).map((each) => ({ value: each, label: COMPARISONS[each] ?? each }))}
          value={comparison.comparison ?? null}
          onChange={(chosen) => onChange({ ...comparison, comparison: (chosen as ComparisonJson) ?? undefined })}
        />
      </Group>
      <Operand
        comparison={comparison}
        date={isDate(kind)}
        checkbox={kind === "FIELD_KIND_CHECKBOX"}
        onChange={onChange}
      />
    </>
  );
}

interface OperandProps {
  comparison: FieldComparisonJson;
  date: boolean;
  checkbox: boolean;
  onChange(comparison: FieldComparisonJson, about?: string): void;
}

function Operand({ comparison, date, checkbox, onChange }: OperandProps) {
  const { field, comparison: how, relative, value = "" } = comparison;
  if (checkbox) {
    const data = [
      { value: "1", label: "checked" },
      { value: "0", label: "not checked" },
    ];
    return (
      <Select
        label="Value"
        data={data}
        allowDeselect={false}
        value={value || "0"}
        onChange={(chosen) => onChange({ ...comparison, value: chosen ?? "" })}
      />
    );
  }
  return (
    <>
      {date && (
        <Select
          label="Date"
          allowDeselect={false}
          data={["a day", "counted from today"]}
          value={relative ? "counted from today" : "a day"}
          onChange={(chosen) =>
            onChange({ field, comparison: how, ...(chosen === "a day" ? { value: "" } : { relative: { offset: 0 } }) })
          }
        />
      )}
      {relative ? (
        <Group gap="xs" wrap="nowrap" align="flex-end">
          <NumberInput
            flex={1}
            label="Offset (below 0: earlier)"
            min={-10000}
            max={10000}
            allowDecimal={false}
            value={relative.offset ?? 0}
            onChange={(entered) =>
              onChange({ ...comparison, relative: offsetBy(relative, Number(entered) || 0) }, "offset")
            }
          />
          <Select
            w={130}
            label="Unit"
            allowDeselect={false}
            data={UNITS}
            value={relative.unit ?? "DATE_UNIT_DAYS"}
            onChange={(unit) => onChange({ ...comparison, relative: { ...relative, unit: unit as DateUnitJson } })}
          />
        </Group>
      ) : (
        <TextInput
          label="Value"
          type={date ? "date" : "text"}
          maxLength={1024}
          value={value}
          onChange={(event) => onChange({ ...comparison, value: event.currentTarget.value }, "value")}
        />
      )}
    </>
  );
}

const UNITS = [
  { value: "DATE_UNIT_DAYS", label: "days" },
  { value: "DATE_UNIT_WEEKS", label: "weeks" },
  { value: "DATE_UNIT_MONTHS", label: "months" },
];

const offsetBy = (relative: { unit?: DateUnitJson }, offset: number) => ({
  offset,
  unit: relative.unit ?? ("DATE_UNIT_DAYS" as const),
});
