import { Alert, Badge, Divider, Group, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { AttemptJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { GetAttemptResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { BodyView } from "../../parts/exchange/BodyView";
import { pairsOf } from "../../parts/exchange/bodies";
import { CutBadge } from "../../parts/exchange/CutBadge";
import { PairTable } from "../../parts/exchange/PairTable";
import { RequestView } from "../../parts/exchange/RequestView";
import { Loaded } from "../../parts/Loaded";
import { Spent } from "./Spent";
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
        <RequestView request={attempt.request} />
        <Response attempt={attempt} />
      </SimpleGrid>
    </Stack>
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
      <Spent attempt={attempt} />
      {status > 0 ? (
        <>
          <PairTable pairs={pairsOf(headers)} label="headers of the response" />
          {response?.headers_cut && <CutBadge />}
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
