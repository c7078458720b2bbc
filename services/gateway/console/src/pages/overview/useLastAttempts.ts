import { useQuery } from "@tanstack/react-query";
import { post } from "../../api/client";
import type { AttemptJson, TargetRefJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { BatchGetLastAttemptsResponseJson } from "../../gen/hookline/dispatcher/v1/log_service_pb";
import { targetName } from "../../parts/links";

// As many as one call takes.
const MOST = 50;

/** The last attempt to each of some targets, by the target's name, asked for every few seconds. */
export function useLastAttempts(targets: TargetRefJson[]): ReadonlyMap<string, AttemptJson> {
  const asked = targets.slice(0, MOST);
  const { data } = useQuery({
    queryKey: ["lastAttempts", asked.map(targetName)],
    queryFn: () => post<BatchGetLastAttemptsResponseJson>("/v1/targets:batchGetLastAttempts", { targets: asked }),
    enabled: asked.length > 0,
    refetchInterval: 10_000,
    placeholderData: (before) => before,
  });
  return new Map((data?.attempts ?? []).map(({ target, attempt }) => [targetName(target), attempt ?? {}]));
}
