import { Divider, Group, Paper, Select, Stack } from "@mantine/core";
import type { ConditionGroupJson, ConditionJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { type Line, Lines } from "../Lines";
import { RemoveButton } from "../RemoveButton";
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

const kinds = [
  { value: "tag", label: "A tag" },
  { value: "comparison", label: "A field" },
  { value: "campaign", label: "A campaign" },
];

/** Conditions joined by and within a group; of the groups any will do. */
export function Conditions({ groups, names, errorAt = noErrors, onChange }: Props) {
  return (
    <Lines
      items={groups}
      most={20}
      add={groups.length ? "Or another group" : "Add a condition"}
      fresh={() => ({ all_of: [fresh("tag", names)] })}
      none="There is no condition yet."
      onChange={onChange}
    >
      {({ all_of = [] }, { index, set, remove }) => (
        <>
          {index > 0 && <Divider label="or" labelPosition="center" />}
          <AllOf
            all={all_of}
            names={names}
            errorAt={below(errorAt, `${index}.all_of`)}
            onChange={(all, about) => (all.length ? set({ all_of: all }, about) : remove())}
          />
        </>
      )}
    </Lines>
  );
}

interface AllOfProps {
  all: ConditionJson[];
  names: Vocabulary;
  errorAt: ErrorAt;
  onChange(all: ConditionJson[], about: string): void;
}

function AllOf({ all, names, errorAt, onChange }: AllOfProps) {
  return (
    <Paper withBorder p="xs">
      <Lines
        items={all}
        most={20}
        add="And another"
        fresh={() => fresh("tag", names)}
        button={{ variant: "subtle", size: "compact-xs" }}
        onChange={onChange}
      >
        {(condition, line) => (
          <Condition condition={condition} line={line} names={names} errorAt={below(errorAt, String(line.index))} />
        )}
      </Lines>
    </Paper>
  );
}

interface ConditionProps {
  condition: ConditionJson;
  line: Line<ConditionJson>;
  names: Vocabulary;
  errorAt: ErrorAt;
}

function Condition({ condition, line: { index, set, remove }, names, errorAt }: ConditionProps) {
  return (
    <Stack gap={6}>
      <Group align="flex-end" wrap="nowrap" gap="xs">
        <Select
          flex={1}
          label={index ? "And" : "If"}
          allowDeselect={false}
          data={kinds}
          value={["comparison", "campaign"].find((kind) => kind in condition) ?? "tag"}
          onChange={(kind) => set(fresh(kind ?? "tag", names))}
        />
        <RemoveButton label={`Remove condition ${index + 1}`} onClick={remove} />
      </Group>
      <Test condition={condition} names={names} errorAt={errorAt} onChange={set} />
    </Stack>
  );
}

function fresh(kind: string, names: Vocabulary): ConditionJson {
  if (kind === "comparison") {
    const field = names.fields.find((each) => each.key === "email") ?? names.fields[0];
    return { comparison: { field: field?.key ?? "", comparison: fitting(field?.kind)[0], value: "" } };
  }
  return kind === "campaign" ? { campaign: {} } : { tag: {} };
}
