import { Button, CopyButton, Divider, Group, Stack, Text, Title } from "@mantine/core";
import { Check, Terminal } from "lucide-react";
import type { AttemptRequestJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { Copying } from "../Code";
import { BodyView } from "./BodyView";
import { pairsOf } from "./bodies";
import { asCurl } from "./curl";
import { PairTable } from "./PairTable";

interface Props {
  /** None, or one without a URL, where none was made. */
  request?: AttemptRequestJson;
  /** Whether the body stands there first as it is sent, before it is decoded. */
  asSent?: boolean;
}

/** One request: its line, its headers, its body as sent and decoded, and the command that repeats it. */
export function RequestView({ request, asSent }: Props) {
  return (
    <Stack gap="sm" component="section" aria-label="Request">
      <Group justify="space-between">
        <Title order={3} size="h5">
          Request
        </Title>
        {request?.url && <CopyCurl request={request} />}
      </Group>
      {request?.url ? (
        <Made request={request} asSent={asSent} />
      ) : (
        <Text size="sm" c="dimmed">
          No request was made.
        </Text>
      )}
    </Stack>
  );
}

function Made({ request, asSent }: { request: AttemptRequestJson; asSent?: boolean }) {
  const headers = request.headers ?? [];
  return (
    <>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Text ff="monospace" size="sm" flex={1} miw={0}>
          <b>{request.method}</b> {request.url}
        </Text>
        <Copying text={request.url ?? ""} label="Copy the URL" />
      </Group>
      <PairTable pairs={pairsOf(headers)} label="headers of the request" />
      <Divider />
      <BodyView body={request.body} headers={headers} label="body of the request" asSent={asSent} />
    </>
  );
}

function CopyCurl({ request }: { request: AttemptRequestJson }) {
  const command = asCurl(request);
  if (command === null) return null;
  return (
    <CopyButton value={command}>
      {({ copied, copy }) => (
        <Button
          size="compact-sm"
          variant="default"
          onClick={copy}
          leftSection={copied ? <Check size={14} aria-hidden /> : <Terminal size={14} aria-hidden />}
        >
          {copied ? "Copied" : "Copy as curl"}
        </Button>
      )}
    </CopyButton>
  );
}
