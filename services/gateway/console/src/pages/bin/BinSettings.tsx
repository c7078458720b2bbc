import { Button, Group, NumberInput, Paper, PasswordInput, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiError } from "../../api/client";
import { Code } from "../../parts/Code";
import { tell } from "../../parts/confirm";
import { callAsWhoeverIsHere } from "../../parts/keyed";
import type { BinContent, BinInfo } from "./bin";

/** The bin's address with an example, the secret it checks by, and what it answers. */
export function BinSettings({ bin }: { bin: BinInfo }) {
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} mb="lg">
      <Paper withBorder p="md">
        <Stack gap="sm">
          <div>
            <Text size="sm" fw={600} mb={4}>
              Send requests here
            </Text>
            <Code text={bin.url} label="the URL" />
          </div>
          <div>
            <Text size="sm" fw={600} mb={4}>
              For example
            </Text>
            <Code text={`curl '${bin.url}' \\\n  -d 'firstname=Mary&tag=4'`} label="the example" />
          </div>
        </Stack>
      </Paper>
      <Paper withBorder p="md">
        <Stack gap="md">
          <Secret bin={bin} />
          <Answer bin={bin} />
        </Stack>
      </Paper>
    </SimpleGrid>
  );
}

/** Changes the bin; the answer is why not, in words. */
function useChange(bin: BinInfo): (path: string, body: unknown, done: string) => Promise<string | null> {
  const queries = useQueryClient();
  return async (path, body, done) => {
    try {
      const changed = await callAsWhoeverIsHere<BinInfo>("PUT", `/bin/${bin.id}/${path}`, body);
      queries.setQueryData<BinContent>(["bin", bin.id], (before) => before && { ...before, bin: changed });
      await queries.invalidateQueries({ queryKey: ["bin", bin.id] });
      tell(done);
      return null;
    } catch (error) {
      return inWords(error);
    }
  };
}

/** Why a change was refused. */
export function inWords(error: unknown): string {
  if (error instanceof ApiError && error.status === 401) {
    return "To change a bin takes the key that made it: sign in, or enter it in the Live Doc and come back in the same tab.";
  }
  if (error instanceof ApiError) return error.violations[0]?.description ?? error.message;
  return String(error);
}

function Secret({ bin }: { bin: BinInfo }) {
  const change = useChange(bin);
  const [secret, setSecret] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const refused = await change(
      "secret",
      { signing_secret: secret.trim() },
      "Signatures are checked by that secret now",
    );
    setRefusal(refused);
    if (!refused) setSecret("");
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <PasswordInput
          label="Signing secret"
          description={bin.has_secret ? "The bin has one; another replaces it." : "By it signatures are checked."}
          placeholder="whsec_…"
          autoComplete="off"
          visibilityToggleButtonProps={{ "aria-label": "Show the secret" }}
          value={secret}
          onChange={(event) => setSecret(event.currentTarget.value)}
          error={refusal}
          flex={1}
        />
        <Button type="submit" variant="default" disabled={!secret.trim()} mb={refusal ? 22 : 0}>
          Set
        </Button>
      </Group>
    </form>
  );
}

function Answer({ bin }: { bin: BinInfo }) {
  const change = useChange(bin);
  const [status, setStatus] = useState<string | number>(bin.status);
  const [refusal, setRefusal] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setRefusal(await change("answer", { status: Number(status) }, `The bin answers ${status} now`));
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <NumberInput
          label="Answers with"
          description="An HTTP status, 200 to 599: 503 shows how deliveries are retried."
          min={200}
          max={599}
          allowDecimal={false}
          value={status}
          onChange={setStatus}
          error={refusal}
          flex={1}
        />
        <Button type="submit" variant="default" disabled={Number(status) === bin.status} mb={refusal ? 22 : 0}>
          Set
        </Button>
      </Group>
    </form>
  );
}
