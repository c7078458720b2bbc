/** Triggers and conditions as sentences. */

import type {
  ConditionGroupJson,
  ConditionJson,
  FieldComparisonJson,
  RelativeDateJson,
  RuleTriggerJson,
} from "../../gen/hookline/registry/v1/global_rule_pb";
import { isolated } from "../isolated";
import { triggerKind } from "./catalogue";
import { COMPARISONS } from "./comparisons";

/** What names stand for ids: those of fields by their key, those of campaigns by their id. */
export interface Names {
  field(key: string): string;
  campaign(id: string): string;
  /** Whether a field is a checkbox. */
  checkbox?(key: string): boolean;
}

/** `Gets a tag: 4`. */
export function triggerInWords(trigger: RuleTriggerJson, names: Names): string {
  const kind = triggerKind(trigger.event ?? "");
  const params = Object.entries(trigger.params ?? {}).filter(([, value]) => value !== "");
  const said = params.map(([name, value]) => {
    const param = kind.params.find((each) => each.name === name);
    if (param?.kind === "field" || param?.kind === "date") return names.field(value);
    if (param?.kind === "campaign") return names.campaign(value);
    return param?.choices?.find((each) => each.value === value)?.label.toLowerCase() ?? value;
  });
  return said.length ? `${kind.label}: ${said.join(", ")}` : kind.label;
}

/** `Tag 6 and Age is at least 18`. */
export function conditionInWords(condition: ConditionJson, names: Names): string {
  const { comparison, tag, campaign } = condition;
  if (tag) return `${tag.absent ? "no tag" : "tag"} ${tag.tag_id ?? "?"}`;
  if (campaign) return `${campaign.absent ? "not on" : "on"} ${names.campaign(campaign.campaign_id ?? "")}`;
  if (!comparison) return "?";
  const word = COMPARISONS[comparison.comparison ?? "COMPARISON_UNSPECIFIED"] ?? "?";
  return `${names.field(comparison.field ?? "")} ${word} ${operandInWords(comparison, names)}`;
}

/** Groups joined by or, conditions in them by and. */
export function groupsInWords(groups: readonly ConditionGroupJson[], names: Names): string {
  return groups
    .map((group) => (group.all_of ?? []).map((each) => conditionInWords(each, names)).join(" and ") || "?")
    .join(" or ");
}

function operandInWords({ field = "", relative, value }: FieldComparisonJson, names: Names): string {
  if (relative) return relativeInWords(relative);
  if (names.checkbox?.(field)) return value === "1" ? "checked" : "not checked";
  // A moment, as a person reads it.
  return isolated(value?.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:00)?Z$/, "$1 $2 UTC") || "empty");
}

const UNITS: Record<string, string> = { DATE_UNIT_WEEKS: "week", DATE_UNIT_MONTHS: "month" };

function relativeInWords({ offset = 0, unit = "DATE_UNIT_DAYS" }: RelativeDateJson): string {
  if (!offset) return "today";
  const size = Math.abs(offset);
  const word = UNITS[unit] ?? "day";
  return `${size} ${word}${size === 1 ? "" : "s"} ${offset < 0 ? "ago" : "from now"}`;
}
