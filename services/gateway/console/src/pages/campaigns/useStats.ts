import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { ElementStatsJson } from "../../gen/hookline/dispatcher/v1/campaign_stats_service_pb";
import { toldByTheFrame } from "../../parts/away";
import { getStats } from "./api";

export interface Counts {
  elements: ReadonlyMap<string, ElementStatsJson>;
  total: ElementStatsJson;
}

/** The counts of a campaign, asked for anew every two seconds while the page is seen. */
export function useStats(campaignId: string, published: boolean, every = 2000): Counts | undefined {
  const { data } = useQuery({
    queryKey: ["campaigns", campaignId, "stats"],
    queryFn: ({ signal }) => getStats(campaignId, signal),
    enabled: published,
    refetchInterval: every,
    staleTime: 0,
    meta: toldByTheFrame,
  });
  return useMemo(
    () =>
      data
        ? {
            elements: new Map((data.elements ?? []).map((each) => [each.element_id ?? "", each])),
            total: data.total ?? {},
          }
        : undefined,
    [data],
  );
}
