import { Accordion, Button, Switch } from "@mantine/core";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useSession } from "../../api/session";
import type { ListAuditEntriesResponseJson } from "../../gen/hookline/registry/v1/audit_pb";
import { Empty } from "../../parts/Empty";
import { Listed } from "../../parts/Listed";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { usePages } from "../../parts/usePages";
import { AuditFilters } from "./AuditFilters";
import { EntryLine } from "./EntryLine";
import { asQuery, type Filter, readFilter, writeFilter } from "./filters";
import { useKeyNames } from "./useKeyNames";
import { shortMethod } from "./words";

/** Who changed what, the newest first: in the account, or for operators in all of them. */
export default function Audit() {
  const { caller, accountId } = useSession();
  const [parameters, setParameters] = useSearchParams();
  const [wide, setWide] = useState(false);
  const everywhere = caller?.kind === "operator" && (wide || !accountId);
  const may = useMay("MANAGE");
  const written = parameters.toString();
  const filter = readFilter(parameters);
  // The time that a span counts back from stays the same from page to page of the list.
  const query = useMemo(() => asQuery(readFilter(new URLSearchParams(written)), new Date()), [written]);
  const entries = usePages({
    queryKey: ["audit", everywhere ? "" : accountId],
    filter: written,
    path: "/v1/auditEntries",
    query: everywhere ? { ...query, account_id: "0" } : query,
    items: (page: ListAuditEntriesResponseJson) => page.audit_entries,
    enabled: may,
  });
  const keys = useKeyNames();
  const change = (next: Filter) => setParameters(writeFilter(next), { replace: true, preventScrollReset: true });
  const methods = useMethods((entries.data ?? []).map((entry) => shortMethod(entry.method ?? "")));
  return (
    <>
      <PageHeader title="Audit log" says="Who changed what, the newest first. Nobody can change it.">
        {caller?.kind === "operator" && accountId && (
          <Switch label="All accounts" checked={wide} onChange={(event) => setWide(event.currentTarget.checked)} />
        )}
      </PageHeader>
      {may ? (
        <>
          <AuditFilters filter={filter} keys={keys} methods={methods} onChange={change} />
          <Listed pages={entries} empty={<Nothing filter={filter} onClear={change} />}>
            {(all) => <Entries entries={all} keys={keys} everywhere={everywhere} />}
          </Listed>
        </>
      ) : (
        <Empty says="The audit log is shown to keys with the scope manage. Yours may only look at other pages." />
      )}
    </>
  );
}

/** All methods that were seen so far: what is filtered shows fewer than can be filtered by. */
function useMethods(shown: string[]): string[] {
  const [seen] = useState(() => new Set<string>());
  for (const method of shown) seen.add(method);
  return [...seen].sort();
}

interface EntriesProps {
  entries: NonNullable<ListAuditEntriesResponseJson["audit_entries"]>;
  keys: ReadonlyMap<string, string>;
  everywhere: boolean;
}

function Entries({ entries, keys, everywhere }: EntriesProps) {
  const [opened, setOpened] = useState<string[]>([]);
  return (
    <Accordion multiple variant="contained" order={2} transitionDuration={0} value={opened} onChange={setOpened}>
      {entries.map((entry) => (
        <EntryLine
          key={entry.id}
          entry={entry}
          keys={keys}
          everywhere={everywhere}
          opened={opened.includes(entry.id ?? "")}
        />
      ))}
    </Accordion>
  );
}

function Nothing({ filter, onClear }: { filter: Filter; onClear(filter: Filter): void }) {
  if (writeFilter(filter).size === 0)
    return <Empty says="Nothing was changed yet. What is changed from now on shows here." />;
  return (
    <Empty says="No entry matches these filters.">
      <Button variant="default" onClick={() => onClear(readFilter(new URLSearchParams()))}>
        Clear filters
      </Button>
    </Empty>
  );
}
