/** Plans in words. */

import type { PlanJson } from "../../gen/hookline/registry/v1/account_pb";

export const plans: { value: PlanJson; label: string; gets: string }[] = [
  { value: "PLAN_BASIC", label: "Basic", gets: "events of contacts" },
  { value: "PLAN_PLUS", label: "Plus", gets: "events of contacts" },
  { value: "PLAN_PRO", label: "Pro", gets: "events of every object, global rules and form rules" },
];

/** `Pro` for `PLAN_PRO`. */
export function planInWords(plan?: PlanJson | null): string {
  return plans.find((each) => each.value === plan)?.label ?? "–";
}
