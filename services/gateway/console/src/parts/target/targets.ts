/** Targets, subscriptions and webhooks as the dispatcher sees them, in the API. */

import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { TargetKindJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { GetTargetResponseJson, TargetJson } from "../../gen/hookline/dispatcher/v1/target_service_pb";

export interface Ref {
  kind: TargetKindJson;
  id: string;
}

/** The path of a target in the API. */
export const targetPath = ({ kind, id }: Ref) => `/v1/targets/${kind}/${id}`;

/** The page of a target in the console. */
export const targetPage = ({ kind, id }: Ref) =>
  `/${kind === "TARGET_KIND_WEBHOOK" ? "webhooks" : "subscriptions"}/${id}`;

/** What the dispatcher says of a target, again every few seconds. */
export function useTarget(ref: Ref) {
  const { accountId } = useSession();
  return useQuery({
    queryKey: ["target", accountId, ref.kind, ref.id],
    queryFn: async (): Promise<TargetJson> => (await get<GetTargetResponseJson>(targetPath(ref))).target ?? {},
    refetchInterval: 3000,
  });
}
