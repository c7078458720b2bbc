import { ActionIcon, Button, Group, NumberInput, Stack } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { SplitBranchJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { exitsOf } from "../map/kinds";
import type { SetupProps } from "./ElementSetup";

/** The ways of a split and their weights. */
export function SplitSetup({ element, onChange }: SetupProps) {
  const branches = element.split?.branches ?? [];
  const set = (next: SplitBranchJson[], about?: string) => onChange({ ...element, split: { branches: next } }, about);
  const shares = exitsOf(element).map((exit) => exit.label);
  return (
    <Stack gap="xs">
      {branches.map((branch, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ways have no other key than their place
        <Group key={index} gap="xs" align="flex-end" wrap="nowrap">
          <NumberInput
            flex={1}
            label={`Weight of way ${index + 1}: ${shares[index]}`}
            min={1}
            max={10000}
            allowDecimal={false}
            value={branch.weight ?? 0}
            onChange={(entered) =>
              set(
                branches.map((each, at) => (at === index ? { ...each, weight: Number(entered) || 0 } : each)),
                `weight ${index}`,
              )
            }
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            disabled={branches.length <= 2}
            aria-label={`Remove way ${index + 1}`}
            onClick={() => set(branches.filter((_, at) => at !== index))}
          >
            <Trash2 size={16} aria-hidden />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="light"
        size="xs"
        leftSection={<Plus size={14} aria-hidden />}
        disabled={branches.length >= 20}
        onClick={() => set([...branches, { weight: 50, next: "" }])}
      >
        Add a way
      </Button>
    </Stack>
  );
}
