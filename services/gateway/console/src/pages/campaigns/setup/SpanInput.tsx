import { Group, NumberInput, Select } from "@mantine/core";
import type { SpanJson, SpanUnitJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import type { ErrorAt } from "../../../parts/language/errors";

const UNITS = [
  { value: "SPAN_UNIT_SECONDS", label: "seconds" },
  { value: "SPAN_UNIT_MINUTES", label: "minutes" },
  { value: "SPAN_UNIT_HOURS", label: "hours" },
  { value: "SPAN_UNIT_DAYS", label: "days" },
  { value: "SPAN_UNIT_WEEKS", label: "weeks" },
  { value: "SPAN_UNIT_MONTHS", label: "months" },
];

interface Props {
  label: string;
  span: SpanJson;
  min: number;
  /** What is wrong with `amount` or `unit`. */
  errorAt: ErrorAt;
  onChange(span: SpanJson, about?: string): void;
}

/** A length of time: a number and its unit. */
export function SpanInput({ label, span, min, errorAt, onChange }: Props) {
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <NumberInput
        flex={1}
        label={label}
        min={min}
        max={315360000}
        allowDecimal={false}
        value={span.amount ?? 0}
        error={errorAt("amount")}
        onChange={(entered) => onChange({ ...span, amount: Number(entered) || 0 }, "amount")}
      />
      <Select
        w={120}
        label="Unit"
        allowDeselect={false}
        data={UNITS}
        value={span.unit ?? "SPAN_UNIT_DAYS"}
        error={errorAt("unit")}
        onChange={(unit) => onChange({ ...span, unit: unit as SpanUnitJson })}
      />
    </Group>
  );
}
