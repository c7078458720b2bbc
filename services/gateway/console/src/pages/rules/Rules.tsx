import { Button, Stack, Tabs } from "@mantine/core";
import { Plus } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { useSession } from "../../api/session";
import type { ListGlobalRulesResponseJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { Empty } from "../../parts/Empty";
import { FeatureNotice } from "../../parts/FeatureNotice";
import { Listed } from "../../parts/Listed";
import { Loaded } from "../../parts/Loaded";
import { useCalled } from "../../parts/language/useCalled";
import { useMay } from "../../parts/may";
import { useObjectTypes } from "../../parts/objectTypes";
import { PageHeader } from "../../parts/PageHeader";
import { usePages } from "../../parts/usePages";
import { RuleCard } from "./RuleCard";

/** The global rules of the account, per type of object. */
export default function Rules() {
  const [search, setSearch] = useSearchParams();
  const types = useObjectTypes();
  const may = useMay("MANAGE");
  const type = search.get("type") ?? "0";
  return (
    <>
      <PageHeader
        title="Global rules"
        says="Whenever something happens to an object of a type, and the conditions hold, webhooks are sent."
      >
        {may && (
          <Button component={Link} to={`/rules/new?type=${type}`} leftSection={<Plus size={16} aria-hidden />}>
            New rule
          </Button>
        )}
      </PageHeader>
      <FeatureNotice feature="global_rules" says="No rule fires, and none can be made." />
      <Loaded query={types}>
        {(known) => (
          <Tabs
            value={type}
            onChange={(chosen) => setSearch({ type: chosen ?? "0" }, { preventScrollReset: true })}
            keepMounted={false}
          >
            <Tabs.List mb="md" aria-label="Types of objects">
              {known.map((each) => (
                <Tabs.Tab key={each.id ?? 0} value={String(each.id ?? 0)}>
                  {each.name}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {known.map((each) => (
              <Tabs.Panel key={each.id ?? 0} value={String(each.id ?? 0)}>
                <OfType type={each.id ?? 0} may={may} />
              </Tabs.Panel>
            ))}
          </Tabs>
        )}
      </Loaded>
    </>
  );
}

function OfType({ type, may }: { type: number; may: boolean }) {
  const { accountId } = useSession();
  const names = useCalled(type);
  const rules = usePages({
    queryKey: ["rules", accountId, type],
    path: "/v1/globalRules",
    query: { object_type_id: type },
    items: (page: ListGlobalRulesResponseJson) => page.rules,
  });
  return (
    <Listed
      pages={rules}
      empty={
        <Empty says={`There is no rule about this type of object (${names.noun}) yet.`}>
          {may && (
            <Button component={Link} to={`/rules/new?type=${type}`}>
              Make the first
            </Button>
          )}
        </Empty>
      }
    >
      {(all) => (
        <Stack gap="xs" component="ul" p={0} m={0} className="plain-list">
          {all.map((rule) => (
            <RuleCard key={rule.id} rule={rule} names={names} may={may} />
          ))}
        </Stack>
      )}
    </Listed>
  );
}
