import { Anchor, Code, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { TargetKindJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { GetTargetResponseJson, TargetJson } from "../../gen/hookline/dispatcher/v1/target_service_pb";
import { toldByTheFrame } from "../away";
import { State } from "../State";
import { Time } from "../Time";
import { targetPage, targetPath } from "./targets";

export interface Card {
  id: string;
  title: string;
  code?: string;
  line: string;
}

/** A list of targets, each with its state and what waits, renewed every few seconds while it is shown. */
export function TargetCards({ kind, cards }: { kind: TargetKindJson; cards: Card[] }) {
  return (
    <Stack gap="xs" component="ul" p={0} m={0} className="plain-list">
      {cards.map((card) => (
        <TargetCard key={card.id} kind={kind} card={card} />
      ))}
    </Stack>
  );
}

function TargetCard({ kind, card }: { kind: TargetKindJson; card: Card }) {
  const { accountId } = useSession();
  const ref = { kind, id: card.id };
  const { data } = useQuery({
    queryKey: ["target", accountId, kind, card.id],
    queryFn: async (): Promise<TargetJson> => (await get<GetTargetResponseJson>(targetPath(ref))).target ?? {},
    refetchInterval: 10_000,
    meta: toldByTheFrame,
  });
  return (
    <Paper withBorder p="sm" component="li">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="xs">
          <Anchor component={Link} to={targetPage(ref)} fw={600}>
            {card.title}
          </Anchor>
          {card.code && <Code>{card.code}</Code>}
        </Group>
        <State value={data?.state} prefix="TARGET_STATE_" />
      </Group>
      <Text size="sm" c="dimmed" ff="monospace" my={2}>
        {card.line}
      </Text>
      {data && <Standing value={data} />}
    </Paper>
  );
}

function Standing({ value }: { value: TargetJson }) {
  const waiting = value.waiting ?? "0";
  return (
    <Text size="sm" component="div" className="numbers">
      {value.requests_per_minute ? `${value.requests_per_minute} a minute · ` : ""}
      {waiting} waiting
      {value.next_attempt_time && waiting !== "0" && (
        <>
          {" "}
          · next slot <Time value={value.next_attempt_time} span />
        </>
      )}
      {value.reason && ` · ${value.reason}`}
    </Text>
  );
}
