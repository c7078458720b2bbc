import { Alert, Anchor, Group, List, Paper, Stack, Switch, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "react-router";
import { get, patch } from "../../api/client";
import { useSession } from "../../api/session";
import type { AccountJson, GetAccountResponseJson } from "../../gen/hookline/registry/v1/account_pb";
import { tell, tellFailure } from "../../parts/confirm";
import { Loaded } from "../../parts/Loaded";
import { PageHeader } from "../../parts/PageHeader";
import { planInWords, plans } from "./plans";

type Feature = "global_rules" | "form_rules";

const switches: { feature: Feature; label: string; says: string; to: string }[] = [
  {
    feature: "global_rules",
    label: "Global Rules",
    says: "Rules that fire webhooks whenever something happens to any object of a type.",
    to: "/rules",
  },
  {
    feature: "form_rules",
    label: "Rules for Form Submissions",
    says: "Rules of forms and order forms, fired by a submission or a payment.",
    to: "/forms",
  },
];

/** The feature switches of the account and the plan that they need. */
export default function Administration() {
  const { accountId } = useSession();
  const query = useQuery({
    queryKey: ["account", accountId],
    queryFn: () => get<GetAccountResponseJson>(`/v1/accounts/${accountId}`),
  });
  return (
    <>
      <PageHeader title="Administration" says="What this account may use, and what is switched on." />
      <Loaded query={query}>{({ account }) => (account ? <Switches account={account} /> : null)}</Loaded>
    </>
  );
}

function Switches({ account }: { account: AccountJson }) {
  const { caller } = useSession();
  const queries = useQueryClient();
  const admin = caller?.scopes.includes("SCOPE_ADMIN") ?? false;
  const pro = account.plan === "PLAN_PRO";
  const change = useMutation({
    mutationFn: ({ feature, on }: { feature: Feature; on: boolean }) =>
      patch(`/v1/accounts/${account.id}`, {
        account: { id: account.id, features: { [feature]: on }, etag: account.etag },
        update_mask: `features.${feature}`,
      }),
    onSuccess: (_answer, { feature, on }) => {
      tell(`${switches.find((each) => each.feature === feature)?.label} switched ${on ? "on" : "off"}`);
    },
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ["account"] }),
  });
  return (
    <Stack maw={720}>
      <Plan account={account} />
      {!admin && (
        <Alert color="gray">
          Plans and switches are changed by an operator: sign in with a key of the scope admin.
        </Alert>
      )}
      {switches.map(({ feature, label, says, to }) => (
        <Paper withBorder p="md" key={feature}>
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <Switch
              label={label}
              description={says}
              checked={account.features?.[feature] ?? false}
              disabled={!admin || change.isPending}
              onChange={(event) => change.mutate({ feature, on: event.currentTarget.checked })}
            />
            <Anchor component={Link} to={to} size="sm" flex="none">
              Open
            </Anchor>
          </Group>
          <Text size="sm" mt="xs" c={pro ? "dimmed" : undefined} fw={pro ? undefined : 600}>
            {pro ? "Part of the plan Pro." : `Needs the plan Pro; this account has ${planInWords(account.plan)}.`}
          </Text>
        </Paper>
      ))}
    </Stack>
  );
}

function Plan({ account }: { account: AccountJson }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} size="h4">
        {account.name}
      </Title>
      <Text size="sm">
        Account {account.id}, plan <b>{planInWords(account.plan)}</b>.
      </Text>
      <List size="sm" mt="xs">
        {plans.map((plan) => (
          <List.Item key={plan.value}>
            {plan.label}: {plan.gets}
          </List.Item>
        ))}
      </List>
    </Paper>
  );
}
