import { NumberInput, SegmentedControl } from "@mantine/core";
import type { TagChangeJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import type { SetupProps } from "./ElementSetup";

/** Which tag is added or removed. */
export function TagSetup({ element, errorAt, onChange }: SetupProps) {
  const tag = element.tag ?? {};
  return (
    <>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label="What happens to the tag"
        data={[
          { value: "TAG_CHANGE_ADD", label: "Add" },
          { value: "TAG_CHANGE_REMOVE", label: "Remove" },
        ]}
        value={tag.change ?? "TAG_CHANGE_ADD"}
        onChange={(change) => onChange({ ...element, tag: { ...tag, change: change as TagChangeJson } })}
      />
      <NumberInput
        label="Tag (number)"
        min={1}
        max={2147483647}
        allowDecimal={false}
        value={tag.tag_id ?? ""}
        error={errorAt("tag.tag_id")}
        onChange={(entered) =>
          onChange({ ...element, tag: { ...tag, tag_id: entered ? String(entered) : undefined } }, "tag")
        }
      />
    </>
  );
}
