/** The account at a glance, again and again, with the points of the last ten minutes. */

import { useState } from "react";
import { useLive } from "../../api/live";
import type {
  ActivityPointJson,
  OverviewJson,
  WatchOverviewResponseJson,
} from "../../gen/hookline/dispatcher/v1/stats_service_pb";

// Ten minutes of five seconds each.
const MOST_POINTS = 120;

/** Follows the overview. Its points are gathered here, since each look brings only those that have ended since the one before. */
export function useOverview() {
  const [overview, setOverview] = useState<OverviewJson>();
  const connection = useLive<WatchOverviewResponseJson>("/v1/overview:watch", ({ overview: told }) => {
    if (told) setOverview((before) => ({ ...told, points: joined(before?.points ?? [], told.points ?? []) }));
  });
  return { overview, connection };
}

/** Points by time, each once: a stream that was opened anew tells of all of them again. */
function joined(before: ActivityPointJson[], told: ActivityPointJson[]): ActivityPointJson[] {
  const all = new Map([...before, ...told].map((point) => [Date.parse(point.start_time ?? ""), point]));
  return [...all]
    .sort(([a], [b]) => a - b)
    .slice(-MOST_POINTS)
    .map(([, point]) => point);
}
