import { Alert, Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { Link } from "react-router";
import { get } from "../api/client";
import { useSession } from "../api/session";
import type { GetAccountResponseJson } from "../gen/hookline/registry/v1/account_pb";

export type Feature = "global_rules" | "form_rules";

const called: Record<Feature, string> = {
  global_rules: "Global Rules",
  form_rules: "Rules for Form Submissions",
};

/** What the account lacks to use a feature, in words; nothing where it has all, or where that is not known yet. */
export function useLacking(feature: Feature): string[] {
  const { accountId } = useSession();
  const { data } = useQuery({
    queryKey: ["account", accountId],
    queryFn: () => get<GetAccountResponseJson>(`/v1/accounts/${accountId}`),
    enabled: accountId !== "",
  });
  const account = data?.account;
  if (!account) return [];
  return [
    ...(account.plan === "PLAN_PRO" ? [] : ["the plan Pro"]),
    ...(account.features?.[feature] ? [] : [`the switch “${called[feature]}”`]),
  ];
}

/** Says that a feature is off for this account, and where that is changed. */
export function FeatureNotice({ feature, says }: { feature: Feature; says: string }) {
  const lacking = useLacking(feature);
  if (lacking.length === 0) return null;
  return (
    <Alert color="yellow" icon={<TriangleAlert aria-hidden />} title={`${called[feature]} are off`} mb="md">
      <Text size="sm">
        {says} This account lacks {lacking.join(" and ")}: see{" "}
        <Anchor component={Link} to="/administration" inherit c="inherit" underline="always">
          Administration
        </Anchor>
        .
      </Text>
    </Alert>
  );
}
