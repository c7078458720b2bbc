import { NumberInput } from "@mantine/core";
import type { SetupProps } from "./ElementSetup";

/** How long a record must be quiet before its contact comes in. */
export function EntrySettle({ element, errorAt, onChange }: SetupProps) {
  const entry = element.entry ?? {};
  const quiet = Number.parseFloat(entry.settle?.quiet ?? "0") || 0;
  const settle = (seconds: number) => {
    if (!seconds) return undefined;
    const longest = Number.parseFloat(entry.settle?.longest ?? "0") || 0;
    return { quiet: `${seconds}s`, ...(longest && { longest: `${Math.max(longest, seconds)}s` }) };
  };
  return (
    <NumberInput
      label="Wait until the record has been quiet for (seconds)"
      description="So that nobody is let in while their record is still being typed; 0: at once"
      min={0}
      max={3600}
      allowDecimal={false}
      value={quiet}
      error={errorAt("entry.settle.quiet") ?? errorAt("entry.settle")}
      onChange={(entered) =>
        onChange({ ...element, entry: { ...entry, settle: settle(Number(entered) || 0) } }, "settle")
      }
    />
  );
}
