import { Alert, Badge, Button, CopyButton, Divider, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Check, Terminal } from "lucide-react";
import { get } from "../../api/client";
import type { AttemptJson, AttemptRequestJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { GetAttemptResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { shownBytes } from "../../parts/bytes";
import { Loaded } from "../../parts/Loaded";
import { asCurl } from "../../parts/target/curl";
import { BodyView } from "./BodyView";
import { HeaderTable } from "./HeaderTable";
import { durationInWords, hint } from "./words";

/** One attempt: what was sent and what came back, whole. */
export function AttemptView({ delivery, attempt }: { delivery: string; attempt: AttemptJson }) {
  const query = useQuery({
    // What it came to is part of the key: it is asked for anew once that is known.
    queryKey: ["delivery", delivery, "attempt", attempt.number, attempt.outcome],
    queryFn: () => get<GetAttemptResponseJson>(`/v1/deliveries/${delivery}/attempts/${attempt.number}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return <Loaded query={query}>{(data) => <Exchange attempt={data.attempt ?? {}} />}</Loaded>;
}

/** The request and the response of an attempt. */
export function Exchange({ attempt }: { attempt: AttemptJson }) {
  const advice = hint(attempt);
  return (
    <Stack gap="md">
      {attempt.outcome !== "OUTCOME_DELIVERED" && attempt.reason && (
        <Alert color="red" p="sm" title={attempt.reason}>
          {advice}
        </Alert>
      )}
      {(attempt.warnings ?? []).map((warning) => (
        <Alert key={warning} color="yellow" p="sm">
          {warning}
        </Alert>
      ))}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
        <Request attempt={attempt} />
        <Response attempt={attempt} />
      </SimpleGrid>
    </Stack>
  );
}

function Request({ attempt: { request } }: { attempt: AttemptJson }) {
  const headers = request?.headers ?? [];
  return (
    <Stack gap="sm" component="section" aria-label="Request">
      <Group justify="space-between">
        <Title order={3} size="h5">
          Request
        </Title>
        {request?.url && <CopyCurl request={request} />}
      </Group>
      {request?.url ? (
        <>
          <Text ff="monospace" size="sm">
            <b>{request.method}</b> {request.url}
          </Text>
          <HeaderTable headers={headers} label="headers of the request" />
          <Divider />
          <BodyView body={request.body} headers={headers} label="body of the request" />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          No request was made.
        </Text>
      )}
    </Stack>
  );
}

function CopyCurl({ request }: { request: AttemptRequestJson }) {
  const command = asCurl(request, shownBytes(request.body));
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

function Response({ attempt }: { attempt: AttemptJson }) {
  const { response, latency } = attempt;
  const headers = response?.headers ?? [];
  const status = response?.status_code ?? 0;
  return (
    <Stack gap="sm" component="section" aria-label="Response">
      <Group justify="space-between">
        <Title order={3} size="h5">
          Response
        </Title>
        <Group gap="xs">
          {status > 0 && (
            <Badge variant="light" color={status < 300 ? "teal" : "red"}>
              {status}
            </Badge>
          )}
          {latency && (
            <Text size="sm" c="dimmed">
              after {durationInWords(latency)}
            </Text>
          )}
        </Group>
      </Group>
      {status > 0 ? (
        <>
          <HeaderTable headers={headers} label="headers of the response" />
          <Divider />
          <BodyView body={response?.body} headers={headers} cut={response?.body_cut} label="body of the response" />
        </>
      ) : (
        <Text size="sm" c="dimmed">
          {attempt.outcome === "OUTCOME_UNSPECIFIED" ? "The answer is awaited." : "Nothing came back."}
        </Text>
      )}
    </Stack>
  );
}
