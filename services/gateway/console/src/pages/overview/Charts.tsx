import "@mantine/charts/styles.css";
import { AreaChart, BarChart, LineChart } from "@mantine/charts";
import { Paper, SimpleGrid, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";
import type { ActivityPointJson } from "../../gen/hookline/dispatcher/v1/stats_service_pb";
import { asRows, latest } from "./series";

const shared = {
  h: 200,
  dataKey: "time",
  withDots: false,
  curveType: "linear" as const,
  xAxisProps: { minTickGap: 40 },
  yAxisProps: { width: 52 },
};

/** What happened within the last ten minutes, in points of five seconds. */
export default function Charts({ points }: { points: ActivityPointJson[] }) {
  const rows = asRows(points);
  const now = latest(rows);
  return (
    <SimpleGrid cols={{ base: 1, lg: 3 }} spacing="md">
      <Chart title="Events per second" says={now.events === null ? "" : `${now.events} now`}>
        <AreaChart
          {...shared}
          yAxisProps={{ width: 52, domain: [0, "auto"] }}
          data={rows}
          series={[{ name: "events", label: "Events per second", color: "cyan.7" }]}
          type="default"
        />
      </Chart>
      <Chart title="Deliveries per second" says={now.delivered === null ? "" : `${now.delivered} delivered now`}>
        <BarChart
          h={200}
          dataKey="time"
          xAxisProps={{ minTickGap: 40 }}
          yAxisProps={{ width: 52 }}
          data={rows}
          type="stacked"
          withLegend
          barProps={{ isAnimationActive: false }}
          series={[
            { name: "delivered", label: "Delivered", color: "teal.6" },
            { name: "retried", label: "Retried", color: "orange.6" },
            { name: "dead", label: "Dead", color: "red.6" },
          ]}
        />
      </Chart>
      <Chart
        title="Latency of attempts"
        says={now.p50 === null ? "" : `half within ${now.p50} ms, 99 of 100 within ${now.p99} ms`}
      >
        <LineChart
          {...shared}
          data={rows}
          unit=" ms"
          withLegend
          connectNulls
          // One point makes no line.
          withDots={rows.filter(({ p50 }) => p50 !== null).length === 1}
          lineProps={{ isAnimationActive: false }}
          yAxisProps={{ width: 72 }}
          series={[
            { name: "p50", label: "p50", color: "cyan.7" },
            { name: "p99", label: "p99", color: "orange.6" },
          ]}
        />
      </Chart>
    </SimpleGrid>
  );
}

function Chart({ title, says, children }: { title: string; says: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="figure" m={0} aria-label={`${title}, last ten minutes. ${says}`}>
      <Title order={2} size="h5">
        {title}
      </Title>
      <Text size="xs" c="dimmed" mb="sm" className="numbers">
        {says || "nothing lately"}
      </Text>
      {children}
    </Paper>
  );
}
