import { Button, Group, SimpleGrid } from "@mantine/core";
import { X } from "lucide-react";
import { TimeFilter } from "../../parts/filters/TimeFilter";
import { Written } from "../../parts/filters/Written";
import { type Filter, readFilter, writeFilter } from "./filters";
import { methodInWords } from "./words";

interface Props {
  filter: Filter;
  /** The names of keys by their application ids. */
  keys: ReadonlyMap<string, string>;
  /** RPCs that the log is known to have. */
  methods: readonly string[];
  onChange(filter: Filter): void;
}

/** What the audit log is filtered by. */
export function AuditFilters({ filter, keys, methods, onChange }: Props) {
  const set = (part: Partial<Filter>) => onChange({ ...filter, ...part });
  return (
    <search aria-label="Filters">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="sm">
        <Written
          label="About"
          placeholder="webhook/3, or webhook"
          value={filter.resource}
          onChange={(resource) => set({ resource })}
        />
        <Written
          label="What was done"
          placeholder="UpdateWebhook"
          offers={methods.map((value) => ({ value, says: methodInWords(value) }))}
          value={filter.method}
          onChange={(method) => set({ method })}
        />
        <Written
          label="Key"
          placeholder="An application id"
          offers={[...keys].map(([value, says]) => ({ value, says }))}
          value={filter.key}
          onChange={(key) => set({ key })}
        />
        <TimeFilter label="When" filter={filter} onChange={set} />
      </SimpleGrid>
      <Group gap="xs" mt="xs" mb="sm" mih={26}>
        {writeFilter(filter).size > 0 && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            leftSection={<X size={14} aria-hidden />}
            onClick={() => onChange(readFilter(new URLSearchParams()))}
          >
            Clear filters
          </Button>
        )}
      </Group>
    </search>
  );
}
