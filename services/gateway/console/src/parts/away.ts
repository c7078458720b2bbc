/** A service that is away, where what is shown of it says nothing of that itself, such as a count beside a name. */

import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { ApiError } from "../api/client";

/** Marks a query of that kind: the frame of the pages tells what it waits for. */
export const toldByTheFrame = { toldByTheFrame: true };

/** What such queries of the page that is shown wait for, in words; empty: for nothing. */
export function useAway(): string {
  const cache = useQueryClient().getQueryCache();
  const reason = () => {
    for (const query of cache.findAll({ type: "active" })) {
      const failed = query.state.fetchFailureReason;
      if (query.meta?.toldByTheFrame && failed instanceof ApiError && failed.away) return failed.message;
    }
    return "";
  };
  return useSyncExternalStore((changed) => cache.subscribe(changed), reason);
}
