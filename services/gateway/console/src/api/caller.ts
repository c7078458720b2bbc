/** Who is signed in, as the gateway says, and who was until their session was over. */

import { onlineManager, queryOptions, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { FeatureSwitchesJson, PlanJson, ScopeJson } from "../gen/hookline/registry/v1/account_pb";
import { ApiError, get } from "./client";

/** What `GET /session` answers. */
export interface Caller {
  kind: "account" | "operator";
  /** The account that the key acts for; `0` for an operator. */
  account_id: string;
  account_name: string;
  application_id: string;
  key_id: string;
  key_name: string;
  scopes: ScopeJson[];
  plan: PlanJson | null;
  features: FeatureSwitchesJson | null;
  /** When the session is over. */
  expire_time: string;
}

/** Whether two callers see the same: what one has open, the other may go on with. */
export const isSame = (one: Caller | null, other: Caller | null): boolean =>
  one?.kind === other?.kind && one?.account_id === other?.account_id;

export const callerQuery = queryOptions({
  queryKey: ["session"],
  queryFn: whoAmI,
  staleTime: 60_000,
  // Somebody may have signed in again in another tab.
  refetchOnWindowFocus: "always",
  // This one is asked while the others wait for somebody to sign in again.
  networkMode: "always",
});

async function whoAmI(): Promise<Caller | null> {
  try {
    return await get<Caller>("/session");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

/**
 * Who is signed in. Whoever was, stays the caller when their session is `over`, so that what they have open stays where it is; nothing
 * is asked for until they sign in again.
 */
export function useCaller() {
  const { data, isPending, error, failureReason } = useQuery(callerQuery);
  const [last, setLast] = useState<Caller | null>(null);
  if (data && data !== last) setLast(data);
  const over = data === null && last !== null;
  useEffect(() => {
    if (!over) return;
    onlineManager.setOnline(false);
    return () => onlineManager.setOnline(true);
  }, [over]);
  return {
    caller: data ?? last,
    over,
    pending: isPending,
    // While it is asked again there is no error yet, only a reason why it was.
    error: error ?? failureReason,
  };
}
