import { Alert, Skeleton, Stack } from "@mantine/core";
import { lazy, Suspense } from "react";
import type { OverviewJson } from "../../gen/hookline/dispatcher/v1/stats_service_pb";
import { LiveDot } from "../../parts/LiveDot";
import { PageHeader } from "../../parts/PageHeader";
import { Beginning } from "./Beginning";
import { Tiles } from "./Tiles";
import { Troubles } from "./Troubles";
import { useOverview } from "./useOverview";

// The charts are the largest part of the console: what is read first does not wait for them.
const Charts = lazy(() => import("./Charts"));

/** The account at a glance: targets in trouble, counts, and what happens, live. */
export default function Overview() {
  const { overview, connection } = useOverview();
  return (
    <>
      <PageHeader title="Overview" says="How deliveries are doing, as it happens.">
        <LiveDot connection={connection} />
      </PageHeader>
      {connection === "away" && (
        <Alert color="yellow" mb="md" role="alert" title="A service is away">
          {overview ? "What is shown is as of the last answer. " : ""}This page recovers by itself as soon as it is
          back.
        </Alert>
      )}
      {overview ? <Shown overview={overview} /> : <Skeleton height={240} aria-label="Loading" />}
    </>
  );
}

function Shown({ overview }: { overview: OverviewJson }) {
  const begun = hasBegun(overview);
  return (
    <Stack gap="lg">
      <Troubles overview={overview} />
      {!begun && <Beginning />}
      <Tiles overview={overview} />
      {begun && (
        <Suspense fallback={<Skeleton height={260} />}>
          <Charts points={overview.points ?? []} />
        </Suspense>
      )}
    </Stack>
  );
}

/** Whether anything was ever sent, as far as is kept, or published within the hour. */
function hasBegun({ deliveries = {}, last_hour = {} }: OverviewJson): boolean {
  return [...Object.values(deliveries), last_hour.events].some((count) => Number(count ?? 0) > 0);
}
