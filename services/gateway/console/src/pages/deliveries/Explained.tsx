import { Anchor, List, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { post } from "../../api/client";
import type { ExplainResponseJson } from "../../gen/hookline/dispatcher/v1/event_service_pb";
import type { EventJson } from "../../gen/hookline/event/v1/event_pb";
import { Loaded } from "../../parts/Loaded";
import { firedByName, toFiredBy } from "../../parts/links";

/** What an event would fire if it came now, and why every other trigger would not. Nothing is sent. */
export function Explained({ event }: { event: EventJson }) {
  const query = useQuery({
    queryKey: ["explained", event.id],
    queryFn: () => post<ExplainResponseJson>("/v1/events:explain", { event }),
    staleTime: 0,
  });
  return (
    <Loaded query={query}>
      {(answer) => {
        const { fires = [], not_fired = [], steps = [], unconcerned = [], left_out = 0, unmatched_reason } = answer;
        const others = [...not_fired, ...steps.filter(({ reason }) => reason), ...unconcerned];
        return (
          <Stack gap={4} mt="xs">
            <Text size="sm">
              If it came now, it would fire {fires.length === 1 ? "once" : `${fires.length} times`}. Nothing is sent.
            </Text>
            {unmatched_reason && <Text size="sm">Subscriptions: {unmatched_reason}.</Text>}
            {others.length === 0 && <Text size="sm">There is no other trigger.</Text>}
            <List size="sm">
              {others.slice(0, 50).map(({ trigger, reason }) => {
                const page = toFiredBy(trigger);
                const name = firedByName(trigger);
                return (
                  <List.Item key={name + reason}>
                    {page ? (
                      <Anchor component={Link} to={page} size="sm">
                        {name}
                      </Anchor>
                    ) : (
                      name
                    )}
                    : {reason}
                  </List.Item>
                );
              })}
            </List>
            {others.length - 50 + left_out > 0 && (
              <Text size="sm" c="dimmed">
                and {Math.max(0, others.length - 50) + left_out} more
              </Text>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
