import { ActionIcon, Button, Divider, Group, Paper, Select, Stack, Text } from "@mantine/core";
import { Plus, Trash2 } from "lucide-react";
import type { ConditionGroupJson, ConditionJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { fitting } from "./comparisons";
import { below, type ErrorAt, noErrors } from "./errors";
import { Test } from "./Test";
import type { Vocabulary } from "./useNames";

interface Props {
  groups: readonly ConditionGroupJson[];
  names: Vocabulary;
  /** What is wrong at a path such as `0.all_of.1.comparison.value`. */
  errorAt?: ErrorAt;
  /** `about` says what was changed, such as one field that is typed into. */
  onChange(groups: ConditionGroupJson[], about: string): void;
}

const fresh = (kind: string, names: Vocabulary): ConditionJson => {
  if (kind === "comparison") {
    const field = names.fields.find((each) => each.key === "email") ?? names.fields[0];
    return { comparison: { field: field?.key ?? "", comparison: fitting(field?.kind)[0], value: "" } };
  }
  return kind === "campaign" ? { campaign: {} } : { tag: {} };
};

/** Conditions joined by and within a group; of the groups any will do. */
export function Conditions({ groups, names, errorAt = noErrors, onChange }: Props) {
  const set = (index: number, all_of: ConditionJson[], about = "") =>
    onChange(
      all_of.length
        ? groups.map((each, at) => (at === index ? { all_of } : each))
        : groups.filter((_, at) => at !== index),
      about && `${index}.${about}`,
    );
  return (
    <Stack gap="xs">
      {groups.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: groups have no other key than their place
        <Stack key={index} gap="xs">
          {index > 0 && <Divider label="or" labelPosition="center" />}
          <Group_
            all={group.all_of ?? []}
            names={names}
            errorAt={below(errorAt, `${index}.all_of`)}
            onChange={(all, about) => set(index, all, about)}
          />
        </Stack>
      ))}
      {groups.length === 0 && (
        <Text size="sm" c="dimmed">
          There is no condition yet.
        </Text>
      )}
      <Button
        variant="light"
        size="xs"
        leftSection={<Plus size={14} aria-hidden />}
        disabled={groups.length >= 20}
        onClick={() => onChange([...groups, { all_of: [fresh("tag", names)] }], "")}
      >
        {groups.length ? "Or another group" : "Add a condition"}
      </Button>
    </Stack>
  );
}

interface GroupProps {
  all: ConditionJson[];
  names: Vocabulary;
  errorAt: ErrorAt;
  onChange(all: ConditionJson[], about?: string): void;
}

function Group_({ all, names, errorAt, onChange }: GroupProps) {
  return (
    <Paper withBorder p="xs">
      <Stack gap="xs">
        {all.map((condition, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no other key than their place
          <Stack key={index} gap={6}>
            <Group align="flex-end" wrap="nowrap" gap="xs">
              <Select
                flex={1}
                label={index ? "And" : "If"}
                allowDeselect={false}
                data={[
                  { value: "tag", label: "A tag" },
                  { value: "comparison", label: "A field" },
                  { value: "campaign", label: "A campaign" },
                ]}
                value={["comparison", "campaign"].find((kind) => kind in condition) ?? "tag"}
                onChange={(kind) =>
                  onChange(all.map((each, at) => (at === index ? fresh(kind ?? "tag", names) : each)))
                }
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={`Remove condition ${index + 1}`}
                onClick={() => onChange(all.filter((_, at) => at !== index))}
              >
                <Trash2 size={16} aria-hidden />
              </ActionIcon>
            </Group>
            <Test
              condition={condition}
              names={names}
              errorAt={below(errorAt, String(index))}
              onChange={(changed, about) =>
                onChange(
                  all.map((each, at) => (at === index ? changed : each)),
                  about && `${index}.${about}`,
                )
              }
            />
          </Stack>
        ))}
        <Button
          variant="subtle"
          size="compact-xs"
          leftSection={<Plus size={14} aria-hidden />}
          disabled={all.length >= 20}
          onClick={() => onChange([...all, fresh("tag", names)])}
        >
          And another
        </Button>
      </Stack>
    </Paper>
  );
}
