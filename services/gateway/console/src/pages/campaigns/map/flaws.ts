/** What is wrong with a map, in words, by the element that it lies in. */

import type { Violation } from "../../../api/client";
import type { Elements } from "./edits";

export interface Flaw {
  /** The element; empty: the campaign as a whole. */
  id: string;
  /** The path within the element, or within the campaign. */
  path: string;
  reason: string;
}

const PLACE = /^campaign\.elements\[(\d+)\](?:\.(.*))?$/;

/** Reads violations of the API against the map that was sent. */
export function flawsOf(violations: readonly Violation[], sent: Elements): Flaw[] {
  return violations.map(({ field, description }) => {
    const found = PLACE.exec(field);
    const element = found && sent[Number(found[1])];
    if (element) return { id: element.id ?? "", path: found[2] ?? "", reason: description };
    return { id: "", path: field.replace(/^campaign\./, ""), reason: description };
  });
}

const WORDS: [RegExp, string][] = [
  [/triggers\[\d+\]\.event$/, "Trigger"],
  [/triggers\[(\d+)\]\.params\.?\[?"?(\w*)/, "Trigger"],
  [/triggers/, "Triggers"],
  [/any_of/, "Conditions"],
  [/webhook_id/, "Webhook"],
  [/tag_id/, "Tag"],
  [/^condition\.yes$/, "Yes"],
  [/^condition\.no$/, "No"],
  [/^next$/, "The way on"],
  [/branches\[\d+\]\.next$/, "A way"],
  [/branches/, "Ways"],
  [/date_field\.field/, "Field"],
  [/time_of_day/, "Time of day"],
  [/\.date$/, "Date"],
  [/span/, "Time"],
  [/time_zone/, "Time zone"],
  [/^name$/, "Name"],
  [/object_type_id/, "Type of object"],
];

/** A flaw as one sentence: what it is about, and why. */
export function sentence({ path, reason }: Flaw): string {
  const word = WORDS.find(([pattern]) => pattern.test(path))?.[1];
  const text = word ? `${word}: ${reason}` : reason;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
