/** What an element is called and what it does, in words. */

import type { SpanJson, UntilDateFieldJson, WaitElementJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { groupsInWords, type Names, triggerInWords } from "../../../parts/language/words";
import { type Element, kindOf } from "./kinds";

/** What is known of ids beside the names of fields and campaigns. */
export interface MapNames extends Names {
  webhook(id: string): string;
}

const KIND_WORDS = {
  entry: "Start",
  goal: "Goal",
  wait: "Wait",
  tag: "Add a tag",
  end: "End",
  webhook: "Webhook",
  condition: "Condition",
  split: "Split",
};

/** The kind of an element in a word or three. */
export function kindInWords(element: Element): string {
  const kind = kindOf(element);
  if (kind === "tag" && element.tag?.change === "TAG_CHANGE_REMOVE") return "Remove a tag";
  return kind ? KIND_WORDS[kind] : "Unknown";
}

/** The name that a person gave it, or its kind. */
export const titleOf = (element: Element): string => element.name || kindInWords(element);

/** What it does, in one line; what is not set up yet says so. */
export function summary(element: Element, names: MapNames): string {
  if (element.entry) return triggersIn(element.entry.triggers, names);
  if (element.goal) return triggersIn(element.goal.triggers, names);
  if (element.wait) return waitInWords(element.wait, names);
  if (element.condition) {
    const groups = element.condition.any_of ?? [];
    return groups.length ? `If ${groupsInWords(groups, names)}` : "Choose conditions";
  }
  if (element.split) return `${element.split.branches?.length ?? 0} ways by weight`;
  if (element.tag) return Number(element.tag.tag_id ?? 0) ? `Tag ${element.tag.tag_id}` : "Choose a tag";
  if (element.webhook)
    return Number(element.webhook.webhook_id ?? 0)
      ? names.webhook(element.webhook.webhook_id ?? "")
      : "Choose a webhook";
  return element.end ? "Contacts leave the map" : "Not set up";
}

function triggersIn(triggers: Parameters<typeof triggerInWords>[0][] = [], names: Names): string {
  const [first, ...more] = triggers;
  if (!first) return "Choose a trigger";
  return triggerInWords(first, names) + (more.length ? ` or ${more.length} more` : "");
}

const UNITS: Record<string, string> = {
  SPAN_UNIT_SECONDS: "second",
  SPAN_UNIT_MINUTES: "minute",
  SPAN_UNIT_HOURS: "hour",
  SPAN_UNIT_WEEKS: "week",
  SPAN_UNIT_MONTHS: "month",
};

/** `3 days`. */
export function spanInWords({ amount = 0, unit }: SpanJson): string {
  const word = UNITS[unit ?? ""] ?? "day";
  return `${amount} ${word}${Math.abs(amount) === 1 ? "" : "s"}`;
}

function waitInWords(wait: WaitElementJson, names: Names): string {
  if (wait.span) return `For ${spanInWords(wait.span)}`;
  if (wait.date) return `Until ${wait.date.date ?? "?"}${clock(wait.date.time_of_day)}`;
  return wait.date_field ? untilField(wait.date_field, names) : "Choose how long";
}

function untilField({ field = "", offset, time_of_day }: UntilDateFieldJson, names: Names): string {
  const amount = offset?.amount ?? 0;
  const apart = spanInWords({ ...offset, amount: Math.abs(amount) });
  const aside = amount ? `${apart} ${amount < 0 ? "before" : "after"} ` : "";
  return `Until ${aside}${names.field(field)}${clock(time_of_day)}`;
}

const clock = (time?: string) => (time ? ` at ${time}` : "");
