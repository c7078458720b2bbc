/** What is wrong with a map, in words, by the element that it lies in. */

import type { Violation } from "../../../api/client";
import { paramLabel } from "../../../parts/language/catalogue";
import type { ErrorAt } from "../../../parts/language/errors";
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

/** What the API says in its own words, in those of the page: by the path and what the reason is about. */
const SENTENCES: [path: RegExp, reason: RegExp, says: string][] = [
  [/webhook_id$/, /whole number/, "Choose a webhook"],
  [/^tag\.tag_id$/, /whole number/, "Choose a tag"],
  [/triggers$/, /./, "Choose at least one trigger"],
  [/any_of$/, /./, "Choose at least one condition"],
  [/tag\.tag_id$/, /./, "Choose the tag that the condition asks for"],
  [/comparison\.field$/, /required|whole number|^$/, "Choose a field"],
  [/comparison\.comparison$/, /must be one of/, "Choose how the field is compared"],
  [/campaign_id$/, /whole number|greater/, "Choose the campaign that the condition asks for"],
  [/^condition\.yes$/, /must name/, "The way Yes leads nowhere yet"],
  [/^condition\.no$/, /must name/, "The way No leads nowhere yet"],
  [/branches\[\d+\]\.next$/, /must name/, "One of its ways leads nowhere yet"],
  [/^next$/, /must name/, "It leads nowhere yet"],
  [/^elements$/, /at least one entry/, "The map needs a start, where contacts come in"],
  [/^$/, /^no way leads to/, "No way leads here"],
];

const WORDS: [RegExp, string][] = [
  [/triggers/, "Trigger"],
  [/any_of/, "Condition"],
  [/webhook_id/, "Webhook"],
  [/branches/, "Way"],
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
  const said = SENTENCES.find(([at, about]) => at.test(path) && about.test(reason))?.[2];
  if (said) return said;
  const param = /params\W+(\w+)/.exec(path)?.[1];
  if (param) return `${paramLabel(param)} of the trigger ${reason}`;
  const word = WORDS.find(([pattern]) => pattern.test(path))?.[1];
  const text = word ? `${word}: ${reason}` : reason;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What fields an element's settings have, by the paths of flaws. */
const FIELDS = [
  /^(entry|goal)\.triggers\[\d+\]\.(event|params)/,
  /^entry\.settle/,
  /^condition\.any_of\[\d+\]\.all_of\[\d+\]\./,
  /^split\.branches\[\d+\]\.(weight|next)$/,
  /^(webhook\.webhook_id|tag\.tag_id|next|condition\.yes|condition\.no)$/,
  /^wait\.(span|date|date_field)\./,
];

/** Whether a flaw is told next to the field that it lies in. */
export const hasField = ({ path }: Flaw): boolean => FIELDS.some((field) => field.test(path));

/** What is wrong at a path within an element, with its flaws given, such as `entry.triggers.0.params.tag_id`. */
export const flawAt =
  (flaws: readonly Flaw[]): ErrorAt =>
  (path) => {
    const found = flaws.find((flaw) => flaw.path.replace(/\[(\d+)\]/g, ".$1") === path);
    return found && sentence(found);
  };
