import { Accordion, Badge, Box, Group, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { AttemptJson, DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { ListAttemptsResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { Listed } from "../../parts/Listed";
import { Time } from "../../parts/Time";
import { usePages } from "../../parts/usePages";
import { AttemptView } from "./AttemptView";
import { durationInWords, outcomeColour, outcomeInWords } from "./words";

/** The attempts of a delivery in order; the last one is open. */
export function Attempts({ delivery }: { delivery: DeliveryJson }) {
  const id = delivery.id ?? "";
  const query = usePages({
    queryKey: ["delivery", id, "attempts"],
    path: `/v1/deliveries/${id}/attempts`,
    items: (page: ListAttemptsResponseJson) => page.attempts,
    size: 200,
  });
  const { refetch } = query;
  const known = `${delivery.attempts} ${delivery.state}`;
  const asked = useRef(known);
  useEffect(() => {
    if (asked.current === known) return;
    asked.current = known;
    void refetch();
  }, [known, refetch]);
  return (
    <Listed
      pages={query}
      empty={
        <Text size="sm" c="dimmed">
          Nothing was attempted yet.
        </Text>
      }
    >
      {(attempts) => <AttemptList delivery={id} attempts={attempts} />}
    </Listed>
  );
}

function AttemptList({ delivery, attempts }: { delivery: string; attempts: AttemptJson[] }) {
  const last = String(attempts.at(-1)?.number ?? "");
  const [opened, setOpened] = useState<string | null>(last);
  // The newest attempt opens as it comes, unless the reader looks at another one.
  const [before, setBefore] = useState(last);
  useEffect(() => {
    if (last === before) return;
    setBefore(last);
    setOpened((now) => (now === before || !now ? last : now));
  }, [last, before]);
  return (
    <Accordion variant="separated" value={opened} onChange={setOpened}>
      {attempts.map((attempt) => (
        <Accordion.Item key={attempt.number} value={String(attempt.number)}>
          <Accordion.Control>
            <Headline attempt={attempt} />
          </Accordion.Control>
          <Accordion.Panel>
            {opened === String(attempt.number) && <AttemptView delivery={delivery} attempt={attempt} />}
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  );
}

function Headline({ attempt }: { attempt: AttemptJson }) {
  const status = attempt.response?.status_code ?? 0;
  return (
    <Group justify="space-between" gap="xs" pr="xs">
      <Group gap="xs">
        <Box w={8} h={8} bdrs="xl" bg={outcomeColour(attempt)} aria-hidden />
        <Text size="sm" fw={600} className="numbers">
          Attempt {attempt.number}
        </Text>
        <Text size="sm">{outcomeInWords(attempt)}</Text>
        {status > 0 && (
          <Badge variant="light" size="sm" color={outcomeColour(attempt)}>
            {status}
          </Badge>
        )}
      </Group>
      <Group gap="xs">
        <Text size="xs" c="dimmed" className="numbers">
          {durationInWords(attempt.latency)}
        </Text>
        <Time value={attempt.start_time} size="xs" c="dimmed" />
      </Group>
    </Group>
  );
}
