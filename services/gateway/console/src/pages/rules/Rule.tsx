import { Group } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useParams, useSearchParams } from "react-router";
import { useSession } from "../../api/session";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { FeatureNotice } from "../../parts/FeatureNotice";
import { Loaded } from "../../parts/Loaded";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { State } from "../../parts/State";
import { getRule } from "./api";
import { NewRule } from "./NewRule";
import { RuleDeeds } from "./RuleDeeds";
import { RuleForm } from "./RuleForm";
import { RuleText } from "./RuleText";

/** One global rule, or a new one where the address says so. */
export default function Rule() {
  const { id = "" } = useParams();
  const [search] = useSearchParams();
  if (id === "new") return <NewRule objectTypeId={Number(search.get("type")) || 0} />;
  return <Saved key={id} id={id} />;
}

function Saved({ id }: { id: string }) {
  const { accountId } = useSession();
  const query = useQuery({
    queryKey: ["rule", accountId, id],
    queryFn: () => getRule(id),
    // What is being edited must not change under one's hands: a later change is told of when it is saved.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Loaded query={query} title={`Rule ${id}`}>
      {(rule) => <Editor key={query.dataUpdatedAt} loaded={rule} onReload={() => query.refetch()} />}
    </Loaded>
  );
}

function Editor({ loaded, onReload }: { loaded: GlobalRuleJson; onReload(): void }) {
  const queries = useQueryClient();
  const [rule, setRule] = useState(loaded);
  const [read, setRead] = useState(0);
  const may = useMay("MANAGE");
  const changed = (next: GlobalRuleJson) => {
    setRule(next);
    queries.invalidateQueries({ queryKey: ["rules"] });
  };
  return (
    <>
      <PageHeader title={rule.name || `Rule ${rule.id}`} says={`Global rule ${rule.id}`}>
        <Group gap="xs">
          <State value={rule.paused ? "PAUSED" : "LIVE"} prefix="" />
          {may && <RuleDeeds rule={rule} onChanged={changed} />}
        </Group>
      </PageHeader>
      <FeatureNotice feature="global_rules" says="This rule fires nothing." />
      <RuleForm key={read} saved={rule} onSaved={changed} onReload={onReload}>
        <RuleText
          key={rule.etag}
          saved={rule}
          onRead={(next) => {
            changed(next);
            setRead(read + 1);
          }}
        />
      </RuleForm>
    </>
  );
}
