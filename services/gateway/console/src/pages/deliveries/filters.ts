/** What the log is filtered by: read from the address of the page and written there, so that a filtered log can be linked. */

import type { Query } from "../../api/client";
import { targetOf } from "../../parts/links";

/** The states that the log can be filtered by, as they stand in the address; what is retried is among what waits. */
export const states = ["waiting", "retrying", "in_flight", "delivered", "dead", "cancelled"] as const;

/** Spans that count back from now, as they stand in the address, with their seconds and words. */
export const spans: Record<string, [seconds: number, words: string]> = {
  "15m": [900, "Last 15 minutes"],
  "1h": [3600, "Last hour"],
  "24h": [86_400, "Last 24 hours"],
  "7d": [604_800, "Last 7 days"],
};

/** What can be filtered by; empty means: by this not. */
export interface Filter {
  states: string[];
  target: string;
  type: string;
  objectType: string;
  object: string;
  event: string;
  fired: string;
  text: string;
  /** A span such as `1h`, or a time. */
  since: string;
  until: string;
}

/** The filter that everything passes. */
export const nothing: Filter = {
  states: [],
  target: "",
  type: "",
  objectType: "",
  object: "",
  event: "",
  fired: "",
  text: "",
  since: "",
  until: "",
};

const single = ["target", "type", "event", "fired", "text", "since", "until", "object"] as const;

/** The filter that an address holds; what it does not understand is left out. */
export function readFilter(parameters: URLSearchParams): Filter {
  const value = (name: string) => parameters.get(name)?.trim() ?? "";
  const type = value("object_type");
  return {
    states: parameters.getAll("state").filter((state) => (states as readonly string[]).includes(state)),
    target: targetOf(value("target")) ? value("target") : "",
    type: value("type"),
    objectType: /^\d{1,9}$/.test(type) ? type : "",
    object: value("object"),
    event: value("event"),
    fired: firedByOf(value("fired")) ? value("fired") : "",
    text: value("text"),
    since: value("since") in spans || timeOf(value("since")) ? value("since") : "",
    until: timeOf(value("until")) ? value("until") : "",
  };
}

/** The parameters of the address that a filter is written as. */
export function writeFilter(filter: Filter): URLSearchParams {
  const parameters = new URLSearchParams(filter.states.map((state) => ["state", state]));
  for (const name of single) if (filter[name]) parameters.set(name, filter[name]);
  if (filter.objectType) parameters.set("object_type", filter.objectType);
  return parameters;
}

/** Whether anything is filtered. */
export function isFiltered(filter: Filter): boolean {
  return writeFilter(filter).size > 0;
}

/** The parameters of ListDeliveries; a span is counted back from `now`. */
export function asQuery(filter: Filter, now: Date): Query {
  const target = targetOf(filter.target);
  const firedBy = firedByOf(filter.fired);
  return {
    states: filter.states
      .filter((state) => state !== "retrying")
      .map((state) => `DELIVERY_STATE_${state.toUpperCase()}`),
    retrying: filter.states.includes("retrying") || undefined,
    "target.kind": target?.kind,
    "target.id": target?.id,
    event_type: filter.type,
    event_id: filter.event,
    object_type_id: filter.objectType,
    object_id: filter.object,
    text: filter.text,
    "fired_by.source": firedBy?.source,
    "fired_by.id": firedBy?.id,
    "fired_by.element": firedBy?.element,
    since_time: sinceTime(filter.since, now),
    until_time: timeOf(filter.until),
  };
}

/** The time that `since` means: a span counted back from `now`, or itself. */
export function sinceTime(since: string, now: Date): string | undefined {
  const span = spans[since];
  return span ? new Date(now.getTime() - span[0] * 1000).toISOString() : timeOf(since);
}

function timeOf(text: string): string | undefined {
  const time = text ? new Date(text) : undefined;
  return time && !Number.isNaN(time.getTime()) ? time.toISOString() : undefined;
}

function firedByOf(text: string) {
  const [, source, id, element] = /^([^/]+)\/(\d+)(?:\/(.+))?$/.exec(text) ?? [];
  return source ? { source, id, element } : undefined;
}
