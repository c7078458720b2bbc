import { Autocomplete } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useState } from "react";

// What can be subscribed to, first of all; any other type can be written.
const common = [
  "object_create",
  "object_submits_form",
  "sub_tag",
  "unsub_tag",
  "purchase_product",
  "transaction_created_with_product",
  "target_paused",
  "target_disabled",
  "timer_due",
];

/** The type of event that the log is filtered by: one of the catalogue, or any that is written. */
export function EventType({ value, onChange }: { value: string; onChange(value: string): void }) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const told = useDebouncedCallback((type: string) => onChange(type.trim()), { delay: 400 });
  return (
    <Autocomplete
      label="Event type"
      placeholder="Any"
      data={common}
      value={text}
      onChange={(type) => {
        setText(type);
        told(type);
      }}
      clearable
      clearButtonProps={{ "aria-label": "Any event type" }}
    />
  );
}
