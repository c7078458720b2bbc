import { Badge, Button, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { post } from "../../api/client";
import { useSession } from "../../api/session";
import type { KeyJson, ListKeysResponseJson } from "../../gen/hookline/registry/v1/account_pb";
import { confirm, tell, tellFailure } from "../../parts/confirm";
import { Empty } from "../../parts/Empty";
import { Listed } from "../../parts/Listed";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { stateInWords } from "../../parts/State";
import { Time } from "../../parts/Time";
import { usePages } from "../../parts/usePages";
import { NewKey } from "./NewKey";

/** The keys of the account: what each may do, when it was last used; made and revoked here. */
export default function Keys() {
  const { accountId } = useSession();
  const [making, setMaking] = useState(false);
  const may = useMay("MANAGE");
  const keys = usePages({
    queryKey: ["keys", accountId],
    path: "/v1/keys",
    items: (page: ListKeysResponseJson) => page.keys,
    size: 100,
  });
  return (
    <>
      <PageHeader
        title="API keys"
        says="A key is sent as Api-Key with its application id as Api-Appid. Its secret is shown once."
      >
        {may && (
          <Button leftSection={<KeyRound size={16} aria-hidden />} onClick={() => setMaking(true)}>
            New key
          </Button>
        )}
      </PageHeader>
      <Listed pages={keys} empty={<Empty says="This account has no key yet: make one with New key." />}>
        {(all) => (
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            {all.map((key) => (
              <KeyCard key={key.id} value={key} may={may} />
            ))}
          </SimpleGrid>
        )}
      </Listed>
      <NewKey opened={making} onClose={() => setMaking(false)} />
    </>
  );
}

/** What has become of a key, in a word. */
function standing(key: KeyJson): { word: string; color: string } {
  if (key.revoke_time) return { word: "revoked", color: "red" };
  if (key.expire_time && new Date(key.expire_time) <= new Date()) return { word: "expired", color: "red" };
  return { word: "active", color: "teal" };
}

function KeyCard({ value, may }: { value: KeyJson; may: boolean }) {
  const { caller } = useSession();
  const queries = useQueryClient();
  const { word, color } = standing(value);
  const own = caller?.key_id === value.id && caller?.application_id === value.application_id;
  const revoke = useMutation({
    mutationFn: () => post(`/v1/keys/${value.id}:revoke`),
    onSuccess: () => tell(`Key ${value.name} revoked`),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ["keys"] }),
  });
  const ask = () =>
    confirm(
      `Revoke ${value.name}?`,
      own
        ? "This is the key that you are signed in with: you will be signed out, and whoever uses it is refused from now on."
        : "Whoever uses it is refused from now on. This cannot be taken back.",
      "Revoke",
      () => revoke.mutate(),
    );
  return (
    <Paper withBorder p="md" component="article" aria-label={`Key ${value.name}`}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={600}>{value.name || `Key ${value.id}`}</Text>
          <Badge color={color} variant="light" tt="none" className="state" style={{ flexShrink: 0 }}>
            {word}
          </Badge>
        </Group>
        <Text size="sm" ff="monospace">
          {value.application_id}
        </Text>
        <Group gap={6}>
          {(value.scopes ?? []).map((scope) => (
            <Badge key={scope} variant="default" tt="none">
              {stateInWords(scope, "SCOPE_")}
            </Badge>
          ))}
        </Group>
        <Group justify="space-between" align="flex-end">
          <Text size="sm" c="dimmed">
            Last used: {value.last_used_time ? <Time value={value.last_used_time} span /> : "never"}
            {value.expire_time && (
              <>
                {" "}
                · expires <Time value={value.expire_time} span />
              </>
            )}
          </Text>
          {may && word === "active" && (
            <Button variant="subtle" color="red" size="compact-sm" onClick={ask} loading={revoke.isPending}>
              Revoke
            </Button>
          )}
        </Group>
      </Stack>
    </Paper>
  );
}
