import { SegmentedControl, Select, TextInput } from "@mantine/core";
import type {
  UntilDateFieldJson,
  UntilDateJson,
  WaitElementJson,
  WhenMissingJson,
} from "../../../gen/hookline/registry/v1/campaign_pb";
import { isDate } from "../../../parts/language/comparisons";
import { below, type ErrorAt } from "../../../parts/language/errors";
import type { Vocabulary } from "../../../parts/language/useNames";
import type { SetupProps } from "./ElementSetup";
import { SpanInput } from "./SpanInput";

const KINDS = [
  { value: "span", label: "For a time" },
  { value: "date_field", label: "A date field" },
  { value: "date", label: "A date" },
];

const fresh = (kind: string, names: Vocabulary): WaitElementJson => {
  if (kind === "date") return { date: { date: new Date().toISOString().slice(0, 10) } };
  const field = names.fields.find((each) => isDate(each.kind))?.key ?? "";
  return kind === "date_field" ? { date_field: { field } } : { span: { amount: 1, unit: "SPAN_UNIT_DAYS" } };
};

/** How long contacts wait: for a time, until a date in one of their fields, or until a day. */
export function WaitSetup({ element, names, errorAt, onChange }: SetupProps) {
  const { span, date_field, date } = element.wait ?? {};
  const set = (wait: WaitElementJson, about?: string) => onChange({ ...element, wait }, about);
  return (
    <>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="Wait until"
        data={KINDS}
        value={date_field ? "date_field" : date ? "date" : "span"}
        onChange={(kind) => set(fresh(kind, names))}
      />
      {date_field && (
        <UntilField
          until={date_field}
          names={names}
          errorAt={below(errorAt, "wait.date_field")}
          onChange={(until, about) => set({ date_field: until }, about)}
        />
      )}
      {date && (
        <UntilDay
          until={date}
          errorAt={below(errorAt, "wait.date")}
          onChange={(until, about) => set({ date: until }, about)}
        />
      )}
      {!date_field && !date && (
        <SpanInput
          label="How long"
          span={span ?? {}}
          min={1}
          errorAt={below(errorAt, "wait.span")}
          onChange={(next, about) => set({ span: next }, about)}
        />
      )}
    </>
  );
}

interface FieldProps {
  until: UntilDateFieldJson;
  names: Vocabulary;
  errorAt: ErrorAt;
  onChange(until: UntilDateFieldJson, about?: string): void;
}

function UntilField({ until, names, errorAt, onChange }: FieldProps) {
  const dates = names.fields.filter((each) => isDate(each.kind));
  return (
    <>
      <Select
        label="Field"
        searchable
        placeholder={dates.length ? "Choose a date field" : "This type of object has no date field"}
        data={dates.map((each) => ({ value: each.key ?? "", label: each.label ?? "" }))}
        value={until.field || null}
        error={errorAt("field")}
        onChange={(field) => onChange({ ...until, field: field ?? "" })}
      />
      <SpanInput
        label="Moved by (below 0: earlier)"
        span={until.offset ?? {}}
        min={-315360000}
        errorAt={below(errorAt, "offset")}
        onChange={(offset, about) => onChange({ ...until, offset }, about)}
      />
      <TimeOfDay
        value={until.time_of_day}
        error={errorAt("time_of_day")}
        onChange={(time_of_day) => onChange({ ...until, time_of_day }, "clock")}
      />
      <Select
        label="Contacts without a date"
        allowDeselect={false}
        data={[
          { value: "WHEN_MISSING_SKIP", label: "go on at once" },
          { value: "WHEN_MISSING_LEAVE", label: "leave the map" },
        ]}
        value={until.when_missing ?? "WHEN_MISSING_SKIP"}
        onChange={(chosen) => onChange({ ...until, when_missing: chosen as WhenMissingJson })}
      />
    </>
  );
}

interface DayProps {
  until: UntilDateJson;
  errorAt: ErrorAt;
  onChange(until: UntilDateJson, about?: string): void;
}

function UntilDay({ until, errorAt, onChange }: DayProps) {
  return (
    <>
      <TextInput
        type="date"
        label="Date"
        value={until.date ?? ""}
        error={errorAt("date")}
        onChange={(event) => onChange({ ...until, date: event.currentTarget.value }, "date")}
      />
      <TimeOfDay
        value={until.time_of_day}
        error={errorAt("time_of_day")}
        onChange={(time_of_day) => onChange({ ...until, time_of_day }, "clock")}
      />
    </>
  );
}

interface TimeProps {
  value?: string;
  error?: string;
  onChange(value: string): void;
}

function TimeOfDay({ value, error, onChange }: TimeProps) {
  return (
    <TextInput
      type="time"
      label="At (left out: as the field says, or midnight)"
      value={value ?? ""}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
