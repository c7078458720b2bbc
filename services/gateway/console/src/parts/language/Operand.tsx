import { Group, NumberInput, Select, TextInput } from "@mantine/core";
import type {
  DateUnitJson,
  FieldComparisonJson,
  RelativeDateJson,
} from "../../gen/hookline/registry/v1/global_rule_pb";
import type { FieldKindJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { isDate } from "./comparisons";
import type { ErrorAt } from "./errors";

interface Props {
  comparison: FieldComparisonJson;
  kind?: FieldKindJson;
  /** What is wrong at `value` or `relative`. */
  errorAt: ErrorAt;
  onChange(comparison: FieldComparisonJson, about?: string): void;
}

/** What a field is compared with, in an input that fits the kind of the field. */
export function Operand({ comparison, kind, errorAt, onChange }: Props) {
  const { value = "" } = comparison;
  if (isDate(kind)) return <DateOperand comparison={comparison} kind={kind} errorAt={errorAt} onChange={onChange} />;
  if (kind === "FIELD_KIND_CHECKBOX") {
    return (
      <Select
        label="Value"
        data={[
          { value: "1", label: "checked" },
          { value: "0", label: "not checked" },
        ]}
        allowDeselect={false}
        value={value || "0"}
        error={errorAt("value")}
        onChange={(chosen) => onChange({ ...comparison, value: chosen ?? "" })}
      />
    );
  }
  return (
    <TextInput
      {...asked(kind)}
      maxLength={1024}
      value={value}
      error={errorAt("value")}
      onChange={(event) => onChange({ ...comparison, value: event.currentTarget.value }, "value")}
    />
  );
}

function asked(kind?: FieldKindJson): { label: string; inputMode?: "decimal" | "numeric"; placeholder?: string } {
  switch (kind) {
    case "FIELD_KIND_NUMBER":
      return { label: "Value (number)", inputMode: "decimal", placeholder: "19" };
    case "FIELD_KIND_PRICE":
      return { label: "Value (amount)", inputMode: "decimal", placeholder: "19.90" };
    case "FIELD_KIND_RELATION":
      return { label: "Value (id of the other object)", inputMode: "numeric" };
    case "FIELD_KIND_LIST":
      return { label: "Value (one item)" };
    default:
      return { label: "Value" };
  }
}

type Way = "day" | "moment" | "relative";

const ways = [
  { value: "day", label: "a day" },
  { value: "moment", label: "a moment (UTC)" },
  { value: "relative", label: "counted from today" },
];

function DateOperand({ comparison, kind, errorAt, onChange }: Props) {
  const { field, comparison: how, relative, value = "" } = comparison;
  const way: Way = relative ? "relative" : value.includes("T") ? "moment" : "day";
  // Only a timestamp lies before or after a moment.
  const moments = kind === "FIELD_KIND_TIMESTAMP" && how !== "COMPARISON_ON";
  const choose = (chosen: string | null) => {
    const operand = chosen === "relative" ? { relative: { offset: 0 } } : { value: chosen === "moment" ? now() : "" };
    onChange({ field, comparison: how, ...operand });
  };
  return (
    <Group gap="xs" align="flex-start">
      <Select
        flex="1 1 150px"
        label="Date"
        allowDeselect={false}
        data={ways.filter((each) => moments || way === "moment" || each.value !== "moment")}
        value={way}
        onChange={choose}
      />
      {relative ? (
        <Offset
          relative={relative}
          errorAt={errorAt}
          onChange={(changed, about) => onChange({ ...comparison, relative: changed }, about)}
        />
      ) : (
        <TextInput
          flex="1 1 150px"
          label={way === "moment" ? "Moment" : "Day"}
          type={way === "moment" ? "datetime-local" : "date"}
          value={way === "moment" ? value.slice(0, 16) : value}
          error={errorAt("value")}
          onChange={(event) => onChange({ ...comparison, value: written(event.currentTarget.value, way) }, "value")}
        />
      )}
    </Group>
  );
}

const now = () => `${new Date().toISOString().slice(0, 16)}:00Z`;
// A moment that is emptied is a day again, which a person may fill in.
const written = (typed: string, way: Way) => (way === "moment" && typed ? `${typed.slice(0, 16)}:00Z` : typed);

interface OffsetProps {
  relative: RelativeDateJson;
  errorAt: ErrorAt;
  onChange(relative: RelativeDateJson, about?: string): void;
}

function Offset({ relative, errorAt, onChange }: OffsetProps) {
  const unit = relative.unit && relative.unit !== "DATE_UNIT_UNSPECIFIED" ? relative.unit : "DATE_UNIT_DAYS";
  return (
    <>
      <NumberInput
        flex="1 1 150px"
        label="Offset (below 0: earlier)"
        min={-10000}
        max={10000}
        allowDecimal={false}
        value={relative.offset ?? 0}
        error={errorAt("relative.offset") ?? errorAt("relative")}
        onChange={(entered) => onChange({ offset: Number(entered) || 0, unit }, "offset")}
      />
      <Select
        flex="1 1 110px"
        label="Unit"
        allowDeselect={false}
        data={units}
        value={unit}
        error={errorAt("relative.unit")}
        onChange={(chosen) => onChange({ ...relative, unit: chosen as DateUnitJson })}
      />
    </>
  );
}

const units = [
  { value: "DATE_UNIT_DAYS", label: "days" },
  { value: "DATE_UNIT_WEEKS", label: "weeks" },
  { value: "DATE_UNIT_MONTHS", label: "months" },
];
