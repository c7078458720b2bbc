import { Button, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { remove } from "../../api/client";
import { useSession } from "../../api/session";
import type { AccountJson, ListAccountsResponseJson } from "../../gen/hookline/registry/v1/account_pb";
import { confirm, tell, tellFailure } from "../../parts/confirm";
import { Empty } from "../../parts/Empty";
import { Listed } from "../../parts/Listed";
import { PageHeader } from "../../parts/PageHeader";
import { usePages } from "../../parts/usePages";
import { AccountForm } from "./AccountForm";
import { planInWords } from "./plans";

/** All accounts of the installation, for operators. */
export default function Accounts() {
  const { caller } = useSession();
  const [edited, setEdited] = useState<AccountJson | null>(null);
  const accounts = usePages({
    queryKey: ["accounts", "list"],
    path: "/v1/accounts",
    items: (page: ListAccountsResponseJson) => page.accounts,
    size: 100,
    enabled: caller?.kind === "operator",
  });
  if (caller?.kind !== "operator") {
    return (
      <>
        <PageHeader title="Accounts" />
        <Empty says="Accounts are managed with an operator key. You are signed in with the key of one account." />
      </>
    );
  }
  return (
    <>
      <PageHeader title="Accounts" says="Choose the account to work in, at the top or here.">
        <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={() => setEdited({ plan: "PLAN_PRO" })}>
          New account
        </Button>
      </PageHeader>
      <Listed pages={accounts} empty={<Empty says="There is no account yet: make the first with New account." />}>
        {(all) => (
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {all.map((account) => (
              <AccountCard key={account.id} account={account} onEdit={() => setEdited(account)} />
            ))}
          </SimpleGrid>
        )}
      </Listed>
      {edited && <AccountForm account={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function AccountCard({ account, onEdit }: { account: AccountJson; onEdit(): void }) {
  const { accountId, choose } = useSession();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const away = useMutation({
    mutationFn: () => remove(`/v1/accounts/${account.id}`, { etag: account.etag }),
    onSuccess: () => tell(`Account ${account.name} deleted`),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ["accounts"] }),
  });
  const switched = [
    account.features?.global_rules && "Global Rules",
    account.features?.form_rules && "Rules for Form Submissions",
  ].filter(Boolean);
  const work = () => {
    choose(account.id ?? "");
    navigate("/");
  };
  const ask = () =>
    confirm(
      `Delete ${account.name}?`,
      "Its keys, definitions and waiting deliveries go with it. This cannot be taken back.",
      "Delete the account",
      () => away.mutate(),
    );
  return (
    <Paper withBorder p="md" component="article" aria-label={`Account ${account.name}`}>
      <Stack gap="xs">
        <Text fw={600}>{account.name}</Text>
        <Text size="sm">
          Account {account.id} · plan {planInWords(account.plan)}
        </Text>
        <Text size="sm" c="dimmed">
          {switched.length ? `Switched on: ${switched.join(", ")}` : "No feature is switched on."}
        </Text>
        <Group gap="xs">
          <Button size="compact-sm" onClick={work} disabled={accountId === account.id}>
            {accountId === account.id ? "Working in it" : "Work in it"}
          </Button>
          <Button size="compact-sm" variant="default" onClick={onEdit}>
            Edit
          </Button>
          <Button size="compact-sm" variant="subtle" color="red" onClick={ask} loading={away.isPending}>
            Delete
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
