/** Calls about global rules. */

import { get, patch, post, remove } from "../../api/client";
import type {
  CreateGlobalRuleResponseJson,
  GetGlobalRuleResponseJson,
  GlobalRuleJson,
  PauseGlobalRuleResponseJson,
  RuleTextJson,
  UpdateGlobalRuleResponseJson,
} from "../../gen/hookline/registry/v1/global_rule_pb";

const path = (id: string, verb = "") => `/v1/globalRules/${encodeURIComponent(id)}${verb}`;

export const getRule = async (id: string): Promise<GlobalRuleJson> =>
  (await get<GetGlobalRuleResponseJson>(path(id))).rule ?? {};

/** Makes a rule; with a text, of what that says. */
export const createRule = async (rule: GlobalRuleJson, text?: RuleTextJson): Promise<GlobalRuleJson> =>
  (
    await post<CreateGlobalRuleResponseJson>("/v1/globalRules", {
      rule,
      ...(text && { text }),
      request_id: crypto.randomUUID(),
    })
  ).rule ?? {};

/** Changes what `mask` names; with a text, triggers, conditions and actions are those of the text. */
export const updateRule = async (rule: GlobalRuleJson, mask: string, text?: RuleTextJson): Promise<GlobalRuleJson> =>
  (
    await patch<UpdateGlobalRuleResponseJson>(path(rule.id ?? ""), {
      rule,
      update_mask: mask,
      ...(text && { text }),
    })
  ).rule ?? {};

/** Has a rule checked that would be changed where `mask` names, or made where it has no id; nothing is written. */
export const tryRule = (rule: GlobalRuleJson, mask: string): Promise<unknown> =>
  rule.id
    ? patch(path(rule.id), { rule, update_mask: mask, validate_only: true })
    : post("/v1/globalRules", { rule, validate_only: true });

export const tellRule = async (id: string, verb: "pause" | "resume", etag?: string): Promise<GlobalRuleJson> =>
  (await post<PauseGlobalRuleResponseJson>(path(id, `:${verb}`), { etag })).rule ?? {};

export const deleteRule = (id: string, etag?: string) => remove(path(id), { etag });

/** The settings of a rule that another one may take over. */
export const settingsOf = ({ name, object_type_id, triggers, any_of, actions, settle }: GlobalRuleJson) => ({
  name,
  object_type_id,
  triggers,
  any_of,
  actions,
  settle,
});
