import { Group, NumberInput } from "@mantine/core";
import { Lines } from "../../../parts/Lines";
import { RemoveButton } from "../../../parts/RemoveButton";
import { exitsOf } from "../map/kinds";
import type { SetupProps } from "./ElementSetup";

/** The ways of a split and their weights. */
export function SplitSetup({ element, errorAt, onChange }: SetupProps) {
  const branches = element.split?.branches ?? [];
  const shares = exitsOf(element).map((exit) => exit.label);
  return (
    <Lines
      items={branches}
      most={20}
      add="Add a way"
      fresh={() => ({ weight: 50, next: "" })}
      onChange={(next, about) => onChange({ ...element, split: { branches: next } }, about)}
    >
      {(branch, { index, set, remove }) => (
        <Group gap="xs" align="flex-end" wrap="nowrap">
          <NumberInput
            flex={1}
            label={`Weight of way ${index + 1}: ${shares[index]}`}
            min={1}
            max={10000}
            allowDecimal={false}
            value={branch.weight ?? 0}
            error={errorAt(`split.branches.${index}.weight`)}
            onChange={(entered) => set({ ...branch, weight: Number(entered) || 0 }, "weight")}
          />
          <RemoveButton label={`Remove way ${index + 1}`} disabled={branches.length <= 2} onClick={remove} />
        </Group>
      )}
    </Lines>
  );
}
