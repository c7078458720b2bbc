import { Button, Chip, Collapse, Group, Select, SimpleGrid } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, ChevronUp, Search, X } from "lucide-react";
import { get } from "../../api/client";
import type { ListObjectTypesResponseJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { TimeFilter } from "../../parts/filters/TimeFilter";
import { Written } from "../../parts/filters/Written";
import { EventType } from "./EventType";
import { type Filter, isFiltered, nothing, states } from "./filters";
import { useTargets } from "./useTargets";

/** What the log is filtered by. The rarer filters open below the usual ones, by themselves when one of them is set. */
export function Filters({ filter, onChange }: { filter: Filter; onChange(filter: Filter): void }) {
  const narrow = useMediaQuery("(max-width: 48em)", undefined, { getInitialValueInEffect: false });
  const rarer = [
    filter.type,
    filter.object,
    filter.objectType,
    filter.event,
    ...(narrow ? [filter.target, filter.since] : []),
  ];
  const hidden = rarer.filter(Boolean).length;
  // Where it is narrow, open filters would push the log out of sight.
  const [opened, { toggle }] = useDisclosure(hidden > 0 && !narrow);
  const set = (part: Partial<Filter>) => onChange({ ...filter, ...part });
  const where = (
    <>
      <TargetFilter value={filter.target} onChange={(target) => set({ target })} />
      <TimeFilter label="Created" filter={filter} onChange={set} />
    </>
  );
  return (
    <search aria-label="Filters">
      <StateChips value={filter.states} onChange={(chosen) => set({ states: chosen })} />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm" mt="sm">
        <Written
          label="Search"
          placeholder="Text in reason, ids, object…"
          icon={<Search size={16} aria-hidden />}
          value={filter.text}
          onChange={(text) => set({ text })}
        />
        {!narrow && where}
      </SimpleGrid>
      <Collapse expanded={opened}>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm" mt="sm">
          {narrow && where}
          <EventType value={filter.type} onChange={(type) => set({ type })} />
          <ObjectTypeFilter value={filter.objectType} onChange={(objectType) => set({ objectType })} />
          <Written label="Object id" value={filter.object} onChange={(object) => set({ object })} />
          <Written label="Event id" value={filter.event} onChange={(event) => set({ event })} />
        </SimpleGrid>
      </Collapse>
      <Group gap="xs" mt="xs" mb="sm">
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={toggle}
          aria-expanded={opened}
          rightSection={opened ? <ChevronUp size={14} aria-hidden /> : <ChevronDown size={14} aria-hidden />}
        >
          {opened ? "Fewer filters" : `More filters${hidden ? ` (${hidden})` : ""}`}
        </Button>
        <Undoing filter={filter} onChange={onChange} />
      </Group>
    </search>
  );
}

/** Takes back what is filtered by: everything, or what no field shows. */
function Undoing({ filter, onChange }: { filter: Filter; onChange(filter: Filter): void }) {
  return (
    <>
      {isFiltered(filter) && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<X size={14} aria-hidden />}
          onClick={() => onChange(nothing)}
        >
          Clear filters
        </Button>
      )}
      {filter.fired && (
        <Button
          variant="light"
          size="compact-sm"
          rightSection={<X size={14} aria-hidden />}
          onClick={() => onChange({ ...filter, fired: "" })}
          aria-label={`Fired by ${filter.fired}: filter no longer by this`}
        >
          Fired by {filter.fired}
        </Button>
      )}
    </>
  );
}

function StateChips({ value, onChange }: { value: string[]; onChange(value: string[]): void }) {
  return (
    <Chip.Group multiple value={value} onChange={onChange}>
      <Group gap={6} role="group" aria-label="State">
        {states.map((state) => (
          <Chip key={state} value={state} size="sm">
            {state.replace("_", " ")}
          </Chip>
        ))}
      </Group>
    </Chip.Group>
  );
}

function TargetFilter({ value, onChange }: { value: string; onChange(value: string): void }) {
  const targets = [...useTargets()].map(([name, url]) => ({ value: name, label: `${name} · ${url}` }));
  // A target that was deleted is in no list, but its deliveries are.
  if (value && !targets.some((each) => each.value === value)) targets.unshift({ value, label: value });
  return (
    <Select
      label="Target"
      placeholder="Any subscription or webhook"
      data={targets}
      value={value || null}
      onChange={(chosen) => onChange(chosen ?? "")}
      searchable
      clearable
      limit={100}
      nothingFoundMessage="No such target"
      clearButtonProps={{ "aria-label": "Any target" }}
    />
  );
}

function ObjectTypeFilter({ value, onChange }: { value: string; onChange(value: string): void }) {
  const { data } = useQuery({
    queryKey: ["objectTypes", "choice"],
    queryFn: () => get<ListObjectTypesResponseJson>("/v1/objectTypes", { page_size: 1000 }),
    staleTime: 60_000,
  });
  const types = (data?.object_types ?? []).map((each) => ({
    value: String(each.id ?? 0),
    label: `${each.name ?? ""} (${each.id ?? 0})`,
  }));
  return (
    <Select
      label="Object type"
      placeholder="Any"
      data={types}
      value={value || null}
      onChange={(chosen) => onChange(chosen ?? "")}
      searchable
      clearable
      clearButtonProps={{ "aria-label": "Any object type" }}
    />
  );
}
