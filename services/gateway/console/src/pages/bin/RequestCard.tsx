import { Badge, Group, Paper, Stack, Tabs, Text } from "@mantine/core";
import { Code } from "../../parts/Code";
import { prettyJson } from "../../parts/exchange/json";
import { PairTable } from "../../parts/exchange/PairTable";
import { Time } from "../../parts/Time";
import type { BinRequest } from "./bin";
import { SignatureBadge, SignatureWords } from "./Signature";

/** One request as it came: signature, decoded fields, body, headers. */
export function RequestCard({ request }: { request: BinRequest }) {
  const place = request.path + (request.query && `?${request.query}`);
  return (
    <Paper withBorder p="md" component="article" aria-label={`Request ${request.number}`}>
      <Stack gap="sm">
        <Group justify="space-between" gap="xs">
          <Group gap="xs">
            <Text fw={700} className="numbers">
              #{request.number}
            </Text>
            <Badge variant="light" color="cyan" radius="sm" className="method">
              {request.method}
            </Badge>
            <SignatureBadge request={request} />
            {request.attempt > 1 && (
              <Badge variant="light" color="orange" tt="none">
                attempt {request.attempt}
              </Badge>
            )}
          </Group>
          <Time value={request.receive_time} size="sm" c="dimmed" />
        </Group>
        <SignatureWords request={request} />
        <Parts request={request} place={place} />
        {(!request.complete || request.cut.length > 0) && (
          <Text size="sm" c="red">
            {request.complete ? `Kept in part: ${request.cut.join(", ")}.` : "Not all of the body came."}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function Parts({ request, place }: { request: BinRequest; place: string }) {
  const { form, json, headers, body } = request;
  const decoded = form !== null || json !== null;
  return (
    <Tabs defaultValue={decoded ? "decoded" : body ? "body" : "headers"} keepMounted={false}>
      <Tabs.List mb="xs">
        {decoded && <Tabs.Tab value="decoded">{form ? "Fields" : "JSON"}</Tabs.Tab>}
        <Tabs.Tab value="body">Body</Tabs.Tab>
        <Tabs.Tab value="headers">Headers</Tabs.Tab>
      </Tabs.List>
      {decoded && (
        <Tabs.Panel value="decoded">
          {form ? (
            <PairTable pairs={form} label="fields of the form" />
          ) : (
            // Laid out from the text, so that every digit stays.
            <Code text={prettyJson(body)} label="the JSON" />
          )}
        </Tabs.Panel>
      )}
      <Tabs.Panel value="body">
        <Text size="xs" c="dimmed" mb={4}>
          {request.size.toLocaleString("en")} bytes{request.body_encoding === "base64" && ", no text: shown in base64"}
        </Text>
        <Code text={body} label="the body" />
      </Tabs.Panel>
      <Tabs.Panel value="headers">
        <Text size="sm" ff="monospace" mb={4}>
          {request.method} {place}
        </Text>
        <PairTable pairs={headers} label="headers" />
      </Tabs.Panel>
    </Tabs>
  );
}
