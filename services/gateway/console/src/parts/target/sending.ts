/** The settings of how a target sends, which subscriptions and webhooks share, between the API's form and that of a page. */

import type { DeadHeadJson } from "../../gen/hookline/registry/v1/subscription_pb";

/** As they stand in a page's form: an empty text is a setting that was not made. */
export interface Sending {
  requests_per_minute: number | "";
  max_retries: number | "";
  timeout: number | "";
  ordered: boolean;
  dead_head: DeadHeadJson;
}

interface Stored {
  requests_per_minute?: number;
  max_retries?: number;
  timeout?: string;
  ordered?: boolean;
  dead_head?: DeadHeadJson;
}

/** The names that an update mask has for them. */
export const sendingMask = ["requests_per_minute", "max_retries", "timeout", "ordered", "dead_head"];

export function toForm(stored: Stored): Sending {
  return {
    requests_per_minute: stored.requests_per_minute ?? "",
    max_retries: stored.max_retries ?? "",
    timeout: stored.timeout ? Number.parseFloat(stored.timeout) : "",
    ordered: stored.ordered ?? false,
    dead_head: stored.dead_head === "DEAD_HEAD_BLOCK" ? "DEAD_HEAD_BLOCK" : "DEAD_HEAD_SKIP",
  };
}

export function fromForm(sending: Sending): Stored {
  const given = <Value>(value: Value | "") => (value === "" ? undefined : value);
  return {
    requests_per_minute: given(sending.requests_per_minute),
    max_retries: given(sending.max_retries),
    timeout: sending.timeout === "" ? undefined : `${sending.timeout}s`,
    ordered: sending.ordered,
    dead_head: sending.dead_head,
  };
}
