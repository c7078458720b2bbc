import { useNavigate } from "react-router";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { copied } from "../../parts/copied";
import { Deeds } from "../../parts/Deeds";
import { createRule, deleteRule, settingsOf, tellRule } from "./api";

interface Props {
  rule: GlobalRuleJson;
  /** Given the rule as it is after a pause or a resume, where the page shows it. */
  onChanged?(rule: GlobalRuleJson): void;
}

/** What can be done with a rule besides editing it. */
export function RuleDeeds({ rule, onChanged }: Props) {
  const { id = "", etag, paused } = rule;
  const name = rule.name || `Rule ${id}`;
  const navigate = useNavigate();
  return (
    <Deeds
      name={name}
      paused={paused}
      list="rules"
      deleting="What it fired before is still sent; what settles is dropped."
      turn={async (verb) => onChanged?.(await tellRule(id, verb, etag))}
      duplicate={async () => {
        // Two that are the same would send everything twice: the new one waits until somebody has changed it.
        const copy = { ...settingsOf(rule), name: copied(name), paused: true };
        await navigate(`/rules/${(await createRule(copy)).id}`);
      }}
      away={async () => {
        await deleteRule(id, etag);
        await navigate(`/rules?type=${rule.object_type_id ?? 0}`);
      }}
    />
  );
}
