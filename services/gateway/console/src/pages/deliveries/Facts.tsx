import { Anchor, Paper, SimpleGrid, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { firedByName, targetName, toDeliveries, toFiredBy, toTarget } from "../../parts/links";
import { Time } from "../../parts/Time";
import { isSettled, objectName } from "./rows";

/** What a delivery is: where it goes, what fired it, and its times. */
export function Facts({ delivery }: { delivery: DeliveryJson }) {
  const firedBy = toFiredBy(delivery.fired_by);
  const again = delivery.redelivery_of && delivery.redelivery_of !== "0" ? delivery.redelivery_of : "";
  return (
    <Paper withBorder p="md" component="section" aria-label="Facts">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md" component="dl" m={0}>
        <Fact name="Goes to">
          <Anchor component={Link} to={toTarget(delivery.target)} size="sm">
            {targetName(delivery.target)}
          </Anchor>
        </Fact>
        <Fact name="Fired by">
          {firedBy ? (
            <Anchor component={Link} to={firedBy} size="sm">
              {firedByName(delivery.fired_by)}
            </Anchor>
          ) : (
            firedByName(delivery.fired_by)
          )}
        </Fact>
        <Fact name="Event">
          <Anchor component={Link} to={toDeliveries({ event: delivery.event_id })} size="sm" title="Its deliveries">
            {delivery.event_type}
          </Anchor>
        </Fact>
        <Fact name="Object">{objectName(delivery)}</Fact>
        <Fact name="Created">
          <Time value={delivery.create_time} size="sm" />
        </Fact>
        <Fact name={isSettled(delivery) ? "Settled" : "Next attempt"}>
          <Next delivery={delivery} />
        </Fact>
        <Fact name="webhook-id">
          <Text span size="sm" ff="monospace">
            {delivery.webhook_id}
          </Text>
        </Fact>
        {again && (
          <Fact name="Sent again">
            <Anchor component={Link} to={`/deliveries/${again}`} size="sm">
              after delivery {again}
            </Anchor>
          </Fact>
        )}
      </SimpleGrid>
    </Paper>
  );
}

function Next({ delivery }: { delivery: DeliveryJson }) {
  if (isSettled(delivery)) return <Time value={delivery.settle_time} size="sm" />;
  if (delivery.state === "DELIVERY_STATE_IN_FLIGHT") return "under way";
  const due = new Date(delivery.due_time ?? "");
  // What is due and has not left waits for its turn: the lane is paused, throttled or half-open.
  if (due.getTime() <= Date.now()) return "as soon as its target takes it";
  return <Time value={delivery.due_time} size="sm" />;
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" m={0} size="sm">
        {children}
      </Text>
    </div>
  );
}
