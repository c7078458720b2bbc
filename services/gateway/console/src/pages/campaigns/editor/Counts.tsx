import { Group, Tooltip, UnstyledButton } from "@mantine/core";
import type { ElementStatsJson } from "../../../gen/hookline/dispatcher/v1/campaign_stats_service_pb";
import { type Element, kindOf } from "../map/kinds";
import { titleOf } from "../map/words";
import type { CountName } from "./MapContext";

export const COUNT_WORDS: Record<CountName, string> = {
  reached: "reached",
  waiting: "waiting",
  on_its_way: "on its way",
  sent: "sent",
  failed: "failed",
};

const TELLS: Record<CountName, string> = {
  reached: "Contacts who ever came here",
  waiting: "Contacts who are here now",
  on_its_way: "Contacts for whom a delivery is pending",
  sent: "Contacts whose data a receiver took",
  failed: "Contacts for whom nothing arrived and nothing is pending",
};

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** A count in few characters: `1,204`, `12.3K`. */
export const short = (count: number): string => (count < 10_000 ? count.toLocaleString("en") : compact.format(count));

/** The counts that mean something at an element; those of which there are none but for the first are left out. */
export function shownCounts(element: Element | undefined, stats: ElementStatsJson): CountName[] {
  const kind = element && kindOf(element);
  const sends = kind === "webhook" || kind === undefined;
  const rests = kind === "wait" || kind === "goal" || kind === undefined;
  const always: CountName[] = [
    "reached",
    ...(rests ? (["waiting"] as const) : []),
    ...(sends ? (["sent"] as const) : []),
  ];
  const order: CountName[] = ["reached", "waiting", "on_its_way", "sent", "failed"];
  return order.filter((name) => always.includes(name) || Number(stats[name] ?? 0) > 0);
}

interface Props {
  /** The element; undefined: the whole map. */
  element?: Element;
  stats: ElementStatsJson;
  onCount(count: CountName): void;
}

/** How many contacts reached an element, wait there, had their data sent: each opens the contacts behind it. */
export function Counts({ element, stats, onCount }: Props) {
  const place = element ? titleOf(element) : "the whole map";
  return (
    <Group gap={4} className="counts nodrag nopan">
      {shownCounts(element, stats).map((name) => {
        const count = Number(stats[name] ?? 0);
        return (
          <Tooltip key={name} label={TELLS[name]} openDelay={400}>
            <UnstyledButton
              className="count"
              data-count={name}
              data-some={count > 0 || undefined}
              aria-label={`${count} ${COUNT_WORDS[name]}, ${place}: show contacts`}
              onClick={(event) => {
                event.stopPropagation();
                onCount(name);
              }}
            >
              <b className="numbers">{short(count)}</b> {COUNT_WORDS[name]}
            </UnstyledButton>
          </Tooltip>
        );
      })}
    </Group>
  );
}
