import { Autocomplete, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, useEffect, useState } from "react";

interface Props {
  label: string;
  placeholder?: string;
  icon?: ReactNode;
  value: string;
  /** What may be chosen instead of written, each with what it is in words. */
  offers?: readonly { value: string; says: string }[];
  onChange(value: string): void;
}

/** A text that filters once the writer pauses. */
export function Written({ label, placeholder, icon, value, offers, onChange }: Props) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const told = useDebouncedCallback((written: string) => onChange(written.trim()), {
    delay: 400,
    flushOnUnmount: false,
  });
  const write = (written: string) => {
    setText(written);
    told(written);
  };
  const shared = { label, placeholder, leftSection: icon, value: text };
  if (!offers) return <TextInput {...shared} onChange={(event) => write(event.currentTarget.value)} />;
  const words = new Map(offers.map((each) => [each.value, each.says]));
  return (
    <Autocomplete
      {...shared}
      data={[...words.keys()]}
      limit={50}
      onChange={write}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{words.get(option.value)}</Text>
          <Text size="xs" c="dimmed" ff="monospace">
            {option.value}
          </Text>
        </div>
      )}
    />
  );
}
