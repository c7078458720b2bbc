import { Button, Group, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { post } from "../../api/client";
import type { TargetJson } from "../../gen/hookline/dispatcher/v1/target_service_pb";
import { tell, tellFailure } from "../confirm";
import { Loaded } from "../Loaded";
import { toDeliveries } from "../links";
import { useMay } from "../may";
import { State } from "../State";
import { Time } from "../Time";
import { type Ref, targetPath, useTarget } from "./targets";

/** How a target does: its state, what waits, its throttle and the next slot; paused and resumed here. */
export function Health({ target }: { target: Ref }) {
  const query = useTarget(target);
  return (
    <Paper withBorder p="md" component="section" aria-label="Health">
      <Title order={2} size="h4" mb="sm">
        Health
      </Title>
      <Loaded query={query}>{(data) => <Figures value={data} target={target} />}</Loaded>
    </Paper>
  );
}

function Figures({ value, target }: { value: TargetJson; target: Ref }) {
  const throttle = value.requests_per_minute ? `${value.requests_per_minute} a minute` : "none";
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Group gap="xs">
          <State value={value.state} prefix="TARGET_STATE_" />
          {value.reason && <Text size="sm">{value.reason}</Text>}
        </Group>
        {useMay("MANAGE") && <Switching value={value} target={target} />}
      </Group>
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm">
        <Figure label="Waiting">{value.waiting ?? "0"}</Figure>
        <Figure label="On their way">{value.in_flight ?? "0"}</Figure>
        <Figure label="Oldest waiting">
          <Time value={value.oldest_waiting_time} />
        </Figure>
        <Figure label="Throttle">{throttle}</Figure>
        <Figure label="Next slot">
          <Time value={value.next_attempt_time} />
        </Figure>
        <Figure label="Last success">
          <Time value={value.last_success_time} />
        </Figure>
        {value.consecutive_failures ? (
          <Figure label="Failed in a row">
            {value.consecutive_failures}, since <Time value={value.first_failure_time} span />
          </Figure>
        ) : null}
      </SimpleGrid>
      <Link to={toDeliveries({ target })}>Its deliveries</Link>
    </Stack>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text component="div" size="sm" className="numbers">
        {children}
      </Text>
    </div>
  );
}

/** Pauses what sends, resumes what does not. */
function Switching({ value, target }: { value: TargetJson; target: Ref }) {
  const queries = useQueryClient();
  const stopped = value.state === "TARGET_STATE_PAUSED" || value.state === "TARGET_STATE_OFF";
  const change = useMutation({
    mutationFn: () =>
      post(`${targetPath(target)}:${stopped ? "resume" : "pause"}`, stopped ? {} : { reason: "paused in the console" }),
    onSuccess: () => tell(stopped ? "Resumed" : "Paused: deliveries wait until it is resumed"),
    onError: tellFailure,
    onSettled: () => queries.invalidateQueries({ queryKey: ["target"] }),
  });
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={change.isPending}
      leftSection={stopped ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
      onClick={() => change.mutate()}
    >
      {stopped ? "Resume" : "Pause"}
    </Button>
  );
}
