/** Points of activity as the rows of charts. */

import type { ActivityPointJson } from "../../gen/hookline/dispatcher/v1/stats_service_pb";

// What a point spans.
const SECONDS = 5;
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** A row: rates per second, and latencies in milliseconds, null where nothing was attempted. */
export interface Row {
  time: string;
  events: number | null;
  delivered: number | null;
  retried: number;
  dead: number;
  p50: number | null;
  p99: number | null;
  [name: string]: string | number | null;
}

/** The rows of points, in their order. */
export function asRows(points: readonly ActivityPointJson[]): Row[] {
  return points.map(({ start_time, happened = {}, attempt_p50, attempt_p99 }) => ({
    time: clock.format(new Date(start_time ?? "")),
    events: rate(happened.events),
    delivered: rate(happened.delivered),
    retried: rate(happened.retried),
    dead: rate(happened.dead),
    p50: milliseconds(attempt_p50),
    p99: milliseconds(attempt_p99),
  }));
}

/** The last row; of latencies, the last that there are. */
export function latest(rows: readonly Row[]): Pick<Row, "events" | "delivered" | "p50" | "p99"> {
  const last = rows.at(-1);
  const attempted = rows.findLast((row) => row.p50 !== null);
  return {
    events: last?.events ?? null,
    delivered: last?.delivered ?? null,
    p50: attempted?.p50 ?? null,
    p99: attempted?.p99 ?? null,
  };
}

function rate(count?: string): number {
  return Math.round((Number(count ?? 0) / SECONDS) * 10) / 10;
}

function milliseconds(duration?: string): number | null {
  if (!duration) return null;
  const value = Number.parseFloat(duration) * 1000;
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}
