/** What the log is filtered by: read from the address of the page and written there, so that a filtered log can be linked. */

import type { Query } from "../../api/client";
import { readTimes, sinceTime, type Times, timeOf } from "../../parts/filters/times";
import { targetOf } from "../../parts/links";

/** The states that the log can be filtered by, as they stand in the address; what is retried is among what waits. */
export const states = ["waiting", "retrying", "in_flight", "delivered", "dead", "cancelled"] as const;

/** What can be filtered by; empty means: by this not. */
export interface Filter extends Times {
  states: string[];
  target: string;
  type: string;
  objectType: string;
  object: string;
  event: string;
  fired: string;
  text: string;
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
    ...readTimes(parameters),
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

function firedByOf(text: string) {
  const [, source, id, element] = /^([^/]+)\/(\d+)(?:\/(.+))?$/.exec(text) ?? [];
  return source ? { source, id, element } : undefined;
}
