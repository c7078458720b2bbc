/** What the audit log is filtered by: read from the address of the page and written there, so that it can be linked. */

import type { Query } from "../../api/client";
import { readTimes, sinceTime, type Times, timeOf } from "../../parts/filters/times";

/** Empty means: by this not. */
export interface Filter extends Times {
  /** The application id of the key that did it. */
  key: string;
  /** `webhook/3`, or `webhook` for all of them. */
  resource: string;
  /** The RPC, such as `UpdateWebhook`. */
  method: string;
}

const names = ["key", "resource", "method", "since", "until"] as const;

export function readFilter(parameters: URLSearchParams): Filter {
  const value = (name: string) => parameters.get(name)?.trim() ?? "";
  return { key: value("key"), resource: value("resource"), method: value("method"), ...readTimes(parameters) };
}

export function writeFilter(filter: Filter): URLSearchParams {
  return new URLSearchParams(names.filter((name) => filter[name]).map((name) => [name, filter[name]]));
}

/** The parameters of ListAuditEntries; a span is counted back from `now`. */
export const asQuery = (filter: Filter, now: Date): Query => ({
  application_id: filter.key,
  resource: filter.resource,
  method: filter.method,
  since_time: sinceTime(filter.since, now),
  until_time: timeOf(filter.until),
});
