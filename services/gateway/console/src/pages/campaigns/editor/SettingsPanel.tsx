import { Autocomplete, Select, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import type { Vocabulary } from "../../../parts/language/useNames";
import type { Draft } from "../api";
import { sentence } from "../map/flaws";
import { useMap } from "./MapContext";

const ZONES = Intl.supportedValuesOf("timeZone");

interface Props {
  draft: Draft;
  names: Vocabulary;
  /** Whether it was published: its type of object stays then. */
  published: boolean;
  onChange(changed: Partial<Draft>, about?: string): void;
}

/** What a campaign has beside its map. */
export function SettingsPanel({ draft, names, published, onChange }: Props) {
  const { flaws, editable } = useMap();
  const flaw = (path: string) => {
    const found = flaws.find((each) => !each.id && each.path === path);
    return found && sentence(found);
  };
  return (
    <fieldset className="bare" disabled={!editable} aria-label="Settings of the campaign">
      <Stack gap="sm">
        <div>
          <Title order={2} size="h5">
            Campaign
          </Title>
          <Text size="xs" c="dimmed">
            Drag an element from its tab into its spot on the map, or press it to add it. Select one to set it up.
          </Text>
        </div>
        <TextInput
          label="Name"
          maxLength={128}
          value={draft.name}
          error={flaw("name")}
          onChange={(event) => onChange({ name: event.currentTarget.value }, "campaign.name")}
        />
        <Select
          label="Moves"
          description={published ? "Stays as it is once the campaign was published" : undefined}
          disabled={published}
          allowDeselect={false}
          data={names.objectTypes.map((each) => ({ value: String(each.id ?? 0), label: each.name ?? "" }))}
          value={String(draft.object_type_id)}
          error={flaw("object_type_id")}
          onChange={(value) => onChange({ object_type_id: Number(value) })}
        />
        <Autocomplete
          label="Time zone"
          description="Dates, times of day, days and longer go by it"
          placeholder="UTC"
          limit={60}
          data={ZONES}
          value={draft.time_zone}
          error={flaw("time_zone")}
          onChange={(time_zone) => onChange({ time_zone }, "campaign.zone")}
        />
        <Switch
          label="Who has left may come in again"
          description="On the map a contact is once at a time"
          checked={draft.reentry_allowed}
          onChange={(event) => onChange({ reentry_allowed: event.currentTarget.checked })}
        />
      </Stack>
    </fieldset>
  );
}
