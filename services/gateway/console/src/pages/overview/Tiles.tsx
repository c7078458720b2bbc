import { Anchor, Group, Paper, SimpleGrid, Text } from "@mantine/core";
import { CircleCheck, CircleX, Clock, RotateCw } from "lucide-react";
import { Link } from "react-router";
import type { OverviewJson } from "../../gen/hookline/dispatcher/v1/stats_service_pb";
import { toDeliveries } from "../../parts/links";

const many = new Intl.NumberFormat("en");

/** How many deliveries there are in each state, and what happened within the last hour. */
export function Tiles({ overview }: { overview: OverviewJson }) {
  const { deliveries = {}, last_hour: hour = {} } = overview;
  const waiting =
    Number(deliveries.waiting ?? 0) - Number(deliveries.retrying ?? 0) + Number(deliveries.in_flight ?? 0);
  const tiles = [
    {
      name: "Delivered",
      icon: CircleCheck,
      colour: "teal",
      count: deliveries.delivered,
      hour: `${number(hour.delivered)} in the last hour`,
      states: ["delivered"],
    },
    {
      name: "Retrying",
      icon: RotateCw,
      colour: "orange",
      count: deliveries.retrying,
      hour: `${number(hour.retried)} retries put off in the last hour`,
      states: ["retrying"],
    },
    {
      name: "Dead",
      icon: CircleX,
      colour: "red",
      count: deliveries.dead,
      hour: `${number(hour.dead)} in the last hour`,
      states: ["dead"],
    },
    {
      name: "Waiting",
      icon: Clock,
      colour: "gray",
      count: waiting,
      hour: `${number(deliveries.in_flight)} in flight now`,
      states: ["waiting", "in_flight"],
    },
  ];
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      {tiles.map(({ name, icon: Icon, colour, count, hour, states }) => (
        <Paper key={name} withBorder p="md" component="section" aria-label={name}>
          <Group gap="xs" wrap="nowrap">
            <Icon size={18} aria-hidden color={`var(--mantine-color-${colour}-text)`} />
            <Anchor component={Link} to={toDeliveries({ states })} size="sm" c="dimmed">
              {name}
            </Anchor>
          </Group>
          <Text fz={28} fw={700} className="numbers" data-count={name.toLowerCase()}>
            {number(count)}
          </Text>
          <Text size="xs" c="dimmed" className="numbers">
            {hour}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function number(value?: string | number): string {
  return many.format(Number(value ?? 0));
}
