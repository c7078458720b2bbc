import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { ListTargetsResponseJson } from "../../gen/hookline/dispatcher/v1/target_service_pb";
import { targetName } from "../../parts/links";

/** Where targets send, by their names: `webhook/3` to an address without its scheme. Beyond a thousand they have none. */
export function useTargets(): ReadonlyMap<string, string> {
  const { data } = useQuery({
    queryKey: ["targets", "addresses"],
    queryFn: () => get<ListTargetsResponseJson>("/v1/targets", { page_size: 1000 }),
    staleTime: 30_000,
    select: ({ targets = [] }) =>
      new Map(targets.map(({ ref, url = "" }) => [targetName(ref), url.replace(/^https?:\/\//, "")])),
  });
  return data ?? none;
}

const none: ReadonlyMap<string, string> = new Map();
