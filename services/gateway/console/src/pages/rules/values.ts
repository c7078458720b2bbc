/** A global rule as it stands in its form. */

import type {
  ConditionGroupJson,
  GlobalRuleJson,
  RuleActionJson,
  RuleTriggerJson,
} from "../../gen/hookline/registry/v1/global_rule_pb";
import type { Said } from "../../parts/language/sentence";
import { fromSettling, type Settling, toSettling } from "../../parts/language/settle";

export interface Values {
  name: string;
  object_type_id: string;
  triggers: RuleTriggerJson[];
  any_of: ConditionGroupJson[];
  actions: RuleActionJson[];
  settle: Settling;
}

/** What a save changes. */
export const mask = "name,object_type_id,triggers,any_of,actions,settle";

export const toValues = (rule: GlobalRuleJson): Values => ({
  name: rule.name ?? "",
  object_type_id: String(rule.object_type_id ?? 0),
  triggers: rule.triggers ?? [],
  any_of: rule.any_of ?? [],
  actions: rule.actions ?? [],
  settle: toSettling(rule.settle),
});

export const fromValues = (values: Values): GlobalRuleJson => ({
  name: values.name.trim(),
  object_type_id: Number(values.object_type_id),
  triggers: values.triggers,
  any_of: values.any_of,
  actions: values.actions,
  settle: fromSettling(values.settle),
});

/** What the sentence of a rule is made of. */
export const said = (rule: GlobalRuleJson): Said => ({
  triggers: rule.triggers ?? [],
  any_of: rule.any_of ?? [],
  webhooks: (rule.actions ?? []).map((each) => each.webhook_id ?? ""),
  quiet: Number.parseFloat(rule.settle?.quiet ?? "") || undefined,
});
