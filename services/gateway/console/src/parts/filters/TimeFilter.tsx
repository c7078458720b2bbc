import { Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { spans, type Times } from "./times";

const choices = [
  ...Object.entries(spans).map(([value, [, label]]) => ({ value, label })),
  { value: "between", label: "Between two times" },
];

interface Props {
  label: string;
  filter: Times;
  onChange(part: Partial<Times>): void;
}

/** The time within which something was done: a span that ends now, or between two times. */
export function TimeFilter({ label, filter, onChange }: Props) {
  const written = Boolean(filter.until || (filter.since && !(filter.since in spans)));
  const [between, setBetween] = useState(written);
  const choose = (value: string | null) => {
    setBetween(value === "between");
    if (value !== "between") onChange({ since: value ?? "", until: "" });
  };
  return (
    <div>
      <Select
        label={label}
        placeholder="Any time"
        data={choices}
        value={between || written ? "between" : filter.since || null}
        onChange={choose}
        clearable
        clearButtonProps={{ "aria-label": "Any time" }}
      />
      {(between || written) && (
        <Stack gap="xs" mt="xs">
          <Moment label="From" value={written ? filter.since : ""} onChange={(since) => onChange({ since })} />
          <Moment label="Before" value={filter.until} onChange={(until) => onChange({ until })} />
        </Stack>
      )}
    </div>
  );
}

/** A time of the reader's clock, kept as a time of the world. */
export function Moment(props: { label: string; value: string; onChange(value: string): void }) {
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={props.label}
      value={local(props.value)}
      onChange={({ currentTarget: { value } }) => props.onChange(value ? new Date(value).toISOString() : "")}
    />
  );
}

function local(value: string): string {
  const time = new Date(value);
  if (!value || Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
