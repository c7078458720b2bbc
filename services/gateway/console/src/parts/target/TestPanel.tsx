import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { post } from "../../api/client";
import type { AttemptJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { SendTestResponseJson } from "../../gen/hookline/dispatcher/v1/target_service_pb";
import { BodyView } from "../exchange/BodyView";
import { RequestView } from "../exchange/RequestView";
import { Failure } from "../Failure";
import { State } from "../State";
import { type Ref, targetPath } from "./targets";

/** Sends one request to a saved target now, and shows what came of it. */
export function TestPanel({ target }: { target: Ref }) {
  const queries = useQueryClient();
  const test = useMutation({
    mutationFn: () => post<SendTestResponseJson>(`${targetPath(target)}:sendTest`),
    onSettled: () => queries.invalidateQueries({ queryKey: ["target"] }),
  });
  return (
    <Paper withBorder p="md" component="section" aria-label="Test">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Test
        </Title>
        <Text size="sm" c="dimmed">
          Sends one signed request with a sample to the address that is saved. It is not retried.
        </Text>
        <Group>
          <Button
            variant="light"
            leftSection={<Send size={16} aria-hidden />}
            loading={test.isPending}
            onClick={() => test.mutate()}
          >
            Send a test
          </Button>
        </Group>
        {test.error && <Failure error={test.error} />}
        {test.data?.attempt && <Came attempt={test.data.attempt} />}
      </Stack>
    </Paper>
  );
}

function Came({ attempt }: { attempt: AttemptJson }) {
  const { status_code: status, body, headers = [], body_cut } = attempt.response ?? {};
  return (
    <Stack gap="sm" aria-live="polite">
      <Group gap="xs">
        <State value={attempt.outcome} prefix="OUTCOME_" />
        <Text size="sm">
          {status ? `Answered ${status}` : "No answer"}{" "}
          {attempt.latency && `after ${Math.round(Number.parseFloat(attempt.latency) * 1000)} ms`}
        </Text>
      </Group>
      {attempt.reason && <Text size="sm">{attempt.reason}</Text>}
      {body && <BodyView body={body} headers={headers} cut={body_cut} label="body of the response" asSent />}
      {attempt.request && <RequestView request={attempt.request} asSent />}
    </Stack>
  );
}
