import { Anchor, Badge, Button, Group, List, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { HelpCircle } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { getText } from "../../api/client";
import type {
  FiredJson,
  GetEventResponseJson,
  PublishedEventJson,
} from "../../gen/hookline/dispatcher/v1/event_service_pb";
import { Code } from "../../parts/Code";
import { memberOf } from "../../parts/exchange/json";
import { Loaded } from "../../parts/Loaded";
import { firedByName, targetName } from "../../parts/links";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { Explained } from "./Explained";

/** The event that caused a delivery: its data, what else it fired, and why other triggers did not. */
export function EventPanel({ eventId, delivery }: { eventId: string; delivery: string }) {
  const query = useQuery({
    queryKey: ["event", eventId],
    queryFn: async () => {
      const text = await getText(`/v1/events/${encodeURIComponent(eventId)}`);
      const { event: published = {} } = JSON.parse(text) as GetEventResponseJson;
      return { published, data: memberOf(text, ["event", "event", "data"]) ?? "{}" };
    },
  });
  return <Loaded query={query}>{(event) => <Shown {...event} delivery={delivery} />}</Loaded>;
}

function Shown({ published, data, delivery }: { published: PublishedEventJson; data: string; delivery: string }) {
  const { event = {}, fired = [], notes = [] } = published;
  const params = Object.entries(event.params ?? {});
  const others = fired.filter((each) => each.delivery_id !== delivery);
  return (
    <Paper withBorder p="md">
      <Stack gap="sm">
        <Group gap="xs">
          <Text fw={600}>{event.type}</Text>
          {params.map(([name, value]) => (
            <Badge key={name} variant="default" tt="none">
              {name} {value}
            </Badge>
          ))}
          {published.snapshot && (
            <Badge color="gray" variant="light" tt="none">
              snapshot of the object
            </Badge>
          )}
          <Text size="xs" c="dimmed">
            published <Time value={published.publish_time} size="xs" inherit span />
          </Text>
        </Group>
        <Text size="xs" c="dimmed" ff="monospace">
          {event.id}
        </Text>
        <Code text={data} label="data of the event" />
        {others.length > 0 && <AlsoFired fired={others} />}
        <NotFired published={published} notes={notes} />
      </Stack>
    </Paper>
  );
}

function AlsoFired({ fired }: { fired: FiredJson[] }) {
  const most = 20;
  return (
    <div>
      <Title order={3} size="h6">
        It fired as well
      </Title>
      <List size="sm" listStyleType="none">
        {fired.slice(0, most).map((each) => (
          <List.Item key={each.delivery_id}>
            <Group gap="xs">
              <Anchor component={Link} to={`/deliveries/${each.delivery_id}`} size="sm">
                {each.fired_by?.source !== "subscription" && `${firedByName(each.fired_by)} to `}
                {targetName(each.target)}
              </Anchor>
              <State value={each.state} prefix="DELIVERY_STATE_" />
            </Group>
          </List.Item>
        ))}
      </List>
      {fired.length > most && <Text size="sm">and {fired.length - most} more</Text>}
    </div>
  );
}

/** Why others did not fire: what was noted then, and on demand what every trigger would say of it now. */
function NotFired({ published, notes }: { published: PublishedEventJson; notes: string[] }) {
  const [asked, setAsked] = useState(false);
  return (
    <div>
      <Title order={3} size="h6">
        Why others did not fire
      </Title>
      {notes.length > 0 ? (
        <List size="sm">
          {notes.map((note) => (
            <List.Item key={note}>{note}</List.Item>
          ))}
        </List>
      ) : (
        <Text size="sm" c="dimmed">
          Nothing was noted when it came.
        </Text>
      )}
      {!published.snapshot &&
        (asked ? (
          <Explained event={published.event ?? {}} />
        ) : (
          <Button
            mt="xs"
            size="xs"
            variant="default"
            leftSection={<HelpCircle size={14} aria-hidden />}
            onClick={() => setAsked(true)}
          >
            Ask every trigger now
          </Button>
        ))}
    </div>
  );
}
