import { Alert, Anchor, Badge, Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { CircleCheck, Pause, Play } from "lucide-react";
import { Link } from "react-router";
import type { AttemptJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type {
  OverviewJson,
  TroubleCountsJson,
  TroubledTargetJson,
} from "../../gen/hookline/dispatcher/v1/stats_service_pb";
import { targetName, toDeliveries, toTarget } from "../../parts/links";
import { useMay } from "../../parts/may";
import { Time } from "../../parts/Time";
import { useLastAttempts } from "./useLastAttempts";
import { useSwitch } from "./useSwitch";

const words: Record<string, [text: string, colour: string]> = {
  TROUBLE_OFF: ["off", "red"],
  TROUBLE_HALF_OPEN: ["half-open: probed", "red"],
  TROUBLE_BACKLOG: ["falling behind", "orange"],
  TROUBLE_FAILING: ["failing", "orange"],
  TROUBLE_PAUSED: ["paused", "yellow"],
};

/** Targets that someone should look at, the worst first. */
export function Troubles({ overview }: { overview: OverviewJson }) {
  const troubles = overview.troubles ?? [];
  const all = counted(overview.trouble_counts);
  const attempts = useLastAttempts(troubles.flatMap(({ target }) => target?.ref ?? []));
  if (!troubles.length) {
    return <Alert color="teal" p="sm" icon={<CircleCheck aria-hidden />} title="No target is in trouble" />;
  }
  return (
    <section aria-labelledby="troubles">
      <Title order={2} size="h4" mb="sm" id="troubles">
        In trouble
      </Title>
      <Stack gap="xs">
        {troubles.map((each) => (
          <Troubled
            key={targetName(each.target?.ref)}
            troubled={each}
            last={attempts.get(targetName(each.target?.ref))}
          />
        ))}
        {all > troubles.length && (
          <Text size="sm" c="dimmed">
            and {all - troubles.length} more
          </Text>
        )}
      </Stack>
    </section>
  );
}

function Troubled({
  troubled: { target = {}, trouble = "TROUBLE_UNSPECIFIED" },
  last,
}: {
  troubled: TroubledTargetJson;
  last?: AttemptJson;
}) {
  const [text, colour] = words[trouble] ?? [trouble, "gray"];
  const name = targetName(target.ref);
  return (
    <Paper withBorder p="sm" aria-label={name} component="article">
      <Group justify="space-between" gap="sm" align="flex-start">
        <Stack gap={4} miw={0} flex="1 1 320px">
          <Group gap="xs">
            <Badge color={colour} variant="light" tt="none">
              {text}
            </Badge>
            <Anchor component={Link} to={toTarget(target.ref)} fw={600} size="sm">
              {name}
            </Anchor>
            <Text size="xs" c="dimmed" ff="monospace" lineClamp={1}>
              {target.url}
            </Text>
          </Group>
          <Why target={target} last={last} />
        </Stack>
        <Group gap="xs">
          <Button component={Link} to={toDeliveries({ target: target.ref })} size="xs" variant="default">
            Deliveries
          </Button>
          <Switch target={target} />
        </Group>
      </Group>
    </Paper>
  );
}

function Why({ target, last }: { target: NonNullable<TroubledTargetJson["target"]>; last?: AttemptJson }) {
  const failures = target.consecutive_failures ?? 0;
  // Of a half-open target the reason counts its failures, which stands below; what they were says more.
  const reason = target.state === "TARGET_STATE_HALF_OPEN" ? "" : target.reason;
  const failed = last && last.outcome !== "OUTCOME_DELIVERED" ? last.reason : "";
  return (
    <>
      {(reason || failed) && <Text size="sm">{reason || failed}</Text>}
      <Group gap="2px 16px">
        {failures > 0 && (
          <Text size="xs" c="dimmed">
            {failures === 1 ? "the last attempt failed" : `${failures} failures in a row`}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {Number(target.waiting ?? 0).toLocaleString("en")} waiting
          {target.oldest_waiting_time && (
            <>
              , the oldest since <Time value={target.oldest_waiting_time} size="xs" inherit span />
            </>
          )}
        </Text>
        {target.next_attempt_time && target.state !== "TARGET_STATE_PAUSED" && (
          <Text size="xs" c="dimmed">
            next attempt <Time value={target.next_attempt_time} size="xs" inherit span />
          </Text>
        )}
        {target.last_success_time && (
          <Text size="xs" c="dimmed">
            last success <Time value={target.last_success_time} size="xs" inherit span />
          </Text>
        )}
      </Group>
    </>
  );
}

/** Pauses a target, or lets it send again. */
function Switch({ target }: { target: NonNullable<TroubledTargetJson["target"]> }) {
  const stopped = target.state === "TARGET_STATE_PAUSED" || target.state === "TARGET_STATE_OFF";
  const action = useSwitch(target.ref, stopped ? "resume" : "pause");
  const name = targetName(target.ref);
  if (!useMay("MANAGE")) return null;
  return (
    <Button
      size="xs"
      variant="default"
      loading={action.isPending}
      onClick={() => action.mutate()}
      leftSection={stopped ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
      aria-label={`${stopped ? "Resume" : "Pause"} ${name}`}
    >
      {stopped ? "Resume" : "Pause"}
    </Button>
  );
}

function counted(counts: TroubleCountsJson = {}): number {
  return Object.values(counts).reduce((sum, count) => sum + Number(count ?? 0), 0);
}
