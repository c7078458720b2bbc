import { SegmentedControl, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { tell } from "../../parts/confirm";
import { FeatureNotice } from "../../parts/FeatureNotice";
import { PageHeader } from "../../parts/PageHeader";
import { RuleForm } from "./RuleForm";
import { RuleFromText } from "./RuleFromText";

/** A rule that is not there yet: put together here, or read from the text of the original. */
export function NewRule({ objectTypeId }: { objectTypeId: number }) {
  const [way, setWay] = useState("words");
  const navigate = useNavigate();
  const queries = useQueryClient();
  const made = (rule: GlobalRuleJson) => {
    tell("The rule is made");
    queries.invalidateQueries({ queryKey: ["rules"] });
    // One of the old kind brings its webhook with it.
    queries.invalidateQueries({ queryKey: ["webhooks"] });
    navigate(`/rules/${rule.id}`);
  };
  return (
    <>
      <PageHeader title="New rule" says="It fires from the moment that it is made." />
      <FeatureNotice feature="global_rules" says="No rule can be made." />
      <Stack>
        <SegmentedControl
          aria-label="How the rule is written"
          value={way}
          onChange={setWay}
          maw={420}
          data={[
            { value: "words", label: "Put it together" },
            { value: "text", label: "Paste one of the original" },
          ]}
        />
        {way === "words" ? (
          <RuleForm saved={{ object_type_id: objectTypeId }} onSaved={made} />
        ) : (
          <RuleFromText objectTypeId={objectTypeId} onMade={made} />
        )}
      </Stack>
    </>
  );
}
