/** Which comparisons fit which kinds of fields, and what they are called. */

import type { ComparisonJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import type { FieldKindJson } from "../../gen/hookline/registry/v1/object_type_pb";

export const COMPARISONS: Partial<Record<ComparisonJson, string>> = {
  COMPARISON_EQUAL: "is",
  COMPARISON_NOT_EQUAL: "is not",
  COMPARISON_GREATER: "is greater than",
  COMPARISON_LESS: "is less than",
  COMPARISON_GREATER_OR_EQUAL: "is at least",
  COMPARISON_LESS_OR_EQUAL: "is at most",
  COMPARISON_CONTAINS: "contains",
  COMPARISON_NOT_CONTAINS: "does not contain",
  COMPARISON_STARTS_WITH: "starts with",
  COMPARISON_ENDS_WITH: "ends with",
  COMPARISON_ON: "is on",
  COMPARISON_BEFORE: "is before",
  COMPARISON_AFTER: "is after",
};

const same: ComparisonJson[] = ["COMPARISON_EQUAL", "COMPARISON_NOT_EQUAL"];
const parts: ComparisonJson[] = ["COMPARISON_CONTAINS", "COMPARISON_NOT_CONTAINS"];
const numbers: ComparisonJson[] = [
  ...same,
  "COMPARISON_GREATER",
  "COMPARISON_LESS",
  "COMPARISON_GREATER_OR_EQUAL",
  "COMPARISON_LESS_OR_EQUAL",
];
const texts: ComparisonJson[] = [...same, ...parts, "COMPARISON_STARTS_WITH", "COMPARISON_ENDS_WITH"];
const dates: ComparisonJson[] = ["COMPARISON_ON", "COMPARISON_BEFORE", "COMPARISON_AFTER"];

/** The comparisons that fit a kind of field. */
export function fitting(kind: FieldKindJson | undefined): ComparisonJson[] {
  switch (kind) {
    case "FIELD_KIND_NUMBER":
    case "FIELD_KIND_PRICE":
      return numbers;
    case "FIELD_KIND_DATE":
    case "FIELD_KIND_TIMESTAMP":
      return dates;
    case "FIELD_KIND_CHECKBOX":
    case "FIELD_KIND_RELATION":
      return same;
    case "FIELD_KIND_LIST":
      return parts;
    default:
      return texts;
  }
}

/** Whether a kind of field is compared with dates. */
export const isDate = (kind: FieldKindJson | undefined): boolean =>
  kind === "FIELD_KIND_DATE" || kind === "FIELD_KIND_TIMESTAMP";
