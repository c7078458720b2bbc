import { Alert, Badge, Group, Loader, Paper, Stack, Tabs, Text } from "@mantine/core";
import { Code } from "../../parts/Code";
import { prettyJson } from "../../parts/exchange/json";
import type { Exchange } from "./perform";
import { curlOf, type Request } from "./request";

/** What was sent, also as a command, and what came of it. */
export function ExchangeView({ exchange, streams }: { exchange: Exchange; streams: boolean }) {
  return (
    <Stack gap="md">
      <Answer exchange={exchange} />
      <Sent exchange={exchange} streams={streams} />
    </Stack>
  );
}

function Sent({ exchange, streams }: { exchange: Exchange; streams: boolean }) {
  return (
    <Paper withBorder p="sm" component="section" aria-label="Request">
      <Text fw={600} size="sm" mb={4}>
        Request
      </Text>
      <Tabs defaultValue="curl" keepMounted={false} variant="default">
        <Tabs.List mb="xs">
          <Tabs.Tab value="curl">curl</Tabs.Tab>
          <Tabs.Tab value="http">HTTP</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="curl">
          <Code text={curlOf(exchange.request, streams)} label="the command" />
          <Text size="xs" c="dimmed" mt={4}>
            API_KEY and API_APPID are variables of your shell, so that no key stands in what you copy.
          </Text>
        </Tabs.Panel>
        <Tabs.Panel value="http">
          <Code text={httpOf(exchange.request, exchange.shownKey)} label="the request" />
        </Tabs.Panel>
      </Tabs>
    </Paper>
  );
}

function httpOf({ method, target, headers, body }: Request, key: Record<string, string>): string {
  const lines = Object.entries({ ...key, ...headers }).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${location.origin}${target}`, ...lines, ...(body === undefined ? [] : ["", body])].join("\n");
}

function Answer({ exchange }: { exchange: Exchange }) {
  const { state, status, failure, milliseconds, headers, text, cut } = exchange;
  return (
    <Paper withBorder p="sm" component="section" aria-label="Answer" aria-live="polite">
      <Group gap="sm" mb="xs">
        <Text fw={600} size="sm">
          Answer
        </Text>
        {(state === "asking" || state === "coming") && <Loader size={16} aria-label="Waiting" />}
        {status !== undefined && (
          <Badge variant="light" color={status < 400 ? "teal" : "red"} tt="none" className="state">
            {`${status} ${exchange.statusText ?? ""}`.trim()}
          </Badge>
        )}
        {state === "stopped" && (
          <Badge variant="light" color="gray" tt="none" className="state">
            stopped
          </Badge>
        )}
        {milliseconds !== undefined && (
          <Text size="sm" c="dimmed" className="numbers">
            {milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms
          </Text>
        )}
      </Group>
      {failure && <Alert color="red">{failure}</Alert>}
      {status !== undefined && <Body headers={headers} text={text} state={state} cut={cut} />}
    </Paper>
  );
}

function Body({ headers, text, state, cut }: Pick<Exchange, "headers" | "text" | "state" | "cut">) {
  const type = headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const whole = state === "done" && !cut && /^application\/json\b/.test(type);
  return (
    <Tabs defaultValue="body" keepMounted={false}>
      <Tabs.List mb="xs">
        <Tabs.Tab value="body">Body</Tabs.Tab>
        <Tabs.Tab value="headers">Headers</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="body">
        {cut && (
          <Text size="sm" c="dimmed">
            More came than fits here: this is the end of it.
          </Text>
        )}
        <Code text={whole ? prettyJson(text) : text} label="the body of the answer" height={420} />
      </Tabs.Panel>
      <Tabs.Panel value="headers">
        <Code text={headers.map(([name, value]) => `${name}: ${value}`).join("\n")} label="the headers of the answer" />
      </Tabs.Panel>
    </Tabs>
  );
}
