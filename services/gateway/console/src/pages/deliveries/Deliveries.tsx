import { Affix, Button, Group, Text, Transition } from "@mantine/core";
import { useWindowScroll } from "@mantine/hooks";
import { ArrowUp, RotateCcw } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Empty } from "../../parts/Empty";
import { LiveDot } from "../../parts/LiveDot";
import { Loaded } from "../../parts/Loaded";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { Filters } from "./Filters";
import { type Filter, isFiltered, readFilter, writeFilter } from "./filters";
import { LogRows } from "./LogRows";
import { More } from "./More";
import { NothingSent } from "./NothingSent";
import { RedeliverSince } from "./RedeliverSince";
import { SelectionBar } from "./SelectionBar";
import { useLog } from "./useLog";
import { useSelection } from "./useSelection";

/** The log of deliveries: what is sent, and what came of it, as it happens. */
export default function Deliveries() {
  const [parameters, setParameters] = useSearchParams();
  const filter = readFilter(parameters);
  const [scroll, scrollTo] = useWindowScroll();
  const [hovered, setHovered] = useState(false);
  const [redelivering, setRedelivering] = useState(false);
  const selection = useSelection(writeFilter(filter).toString());
  const may = useMay("MANAGE");
  const log = useLog(filter, scroll.y > 80 || hovered || selection.chosen.size > 0);
  const change = (next: Filter) => setParameters(writeFilter(next), { replace: true, preventScrollReset: true });
  const show = () => {
    log.show();
    scrollTo({ y: 0 });
  };
  return (
    <>
      <PageHeader
        title="Deliveries"
        says="What is sent to subscriptions and webhooks, the newest first. It updates by itself."
      >
        <LiveDot connection={log.connection} />
        {may && (
          <Button
            variant="default"
            leftSection={<RotateCcw size={16} aria-hidden />}
            onClick={() => setRedelivering(true)}
          >
            Redeliver failed…
          </Button>
        )}
      </PageHeader>
      <Filters filter={filter} onChange={change} />
      <FreshPill count={log.fresh} more={log.gap} onShow={show} />
      <div
        onPointerEnter={(event) => setHovered(event.pointerType === "mouse")}
        onPointerLeave={() => setHovered(false)}
      >
        <Loaded query={log.pages}>
          {() => (
            <>
              {log.rows.length > 0 && (
                <LogRows rows={log.rows} selected={selection.chosen} onSelect={selection.choose} />
              )}
              {log.rows.length === 0 && !log.pages.hasNextPage && <Nothing filter={filter} onClear={change} />}
              <More pages={log.pages} rows={log.rows} />
            </>
          )}
        </Loaded>
      </div>
      <SelectionBar
        rows={log.rows.filter((row) => selection.chosen.has(row.id ?? ""))}
        onDone={selection.clear}
        may={may}
      />
      {redelivering && <RedeliverSince filter={filter} onClose={() => setRedelivering(false)} />}
    </>
  );
}

/** Says that more has come, and puts it in. It stays in sight while the page is scrolled. */
function FreshPill({ count, more, onShow }: { count: number; more: boolean; onShow(): void }) {
  return (
    <Affix position={{ top: 68, left: 0, right: 0 }} zIndex={90} style={{ pointerEvents: "none" }}>
      <Transition mounted={count > 0} transition="slide-down">
        {(style) => (
          <Group justify="center" style={style}>
            <Button
              radius="xl"
              size="xs"
              onClick={onShow}
              leftSection={<ArrowUp size={14} aria-hidden />}
              style={{ pointerEvents: "auto" }}
            >
              {count}
              {more ? "+" : ""} new
            </Button>
          </Group>
        )}
      </Transition>
      <Text className="unseen" role="status">
        {count > 0 ? `${count} new deliveries` : ""}
      </Text>
    </Affix>
  );
}

function Nothing({ filter, onClear }: { filter: Filter; onClear(filter: Filter): void }) {
  if (!isFiltered(filter)) return <NothingSent />;
  return (
    <Empty says="No delivery matches these filters. One that comes later shows by itself.">
      <Button variant="default" onClick={() => onClear(readFilter(new URLSearchParams()))}>
        Clear filters
      </Button>
    </Empty>
  );
}
