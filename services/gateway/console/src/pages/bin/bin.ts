/** A request bin: what the gateway says of it, and the requests that it shows while they come. */

import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { get } from "../../api/client";
import { type Connection, useLive } from "../../api/live";

export interface BinInfo {
  id: string;
  url: string;
  expires_time: string;
  status: number;
  has_secret: boolean;
}

export type Verdict = "verified" | "wrong" | "none" | "no_secret" | "unchecked";

export interface BinRequest {
  number: number;
  receive_time: string;
  method: string;
  path: string;
  query: string;
  headers: [string, string][];
  body: string;
  body_encoding: "utf-8" | "base64";
  size: number;
  complete: boolean;
  cut: string[];
  form: [string, string][] | null;
  json: unknown;
  signature: {
    verdict: Verdict;
    timestamp: number | null;
    seconds_off: number | null;
    in_time: boolean | null;
    tolerance_seconds: number;
  };
  webhook_id: string | null;
  attempt: number;
}

export interface BinContent {
  bin: BinInfo;
  requests: BinRequest[];
}

/** As many as a bin keeps. */
const ALL = 100;

/** A bin with its requests, the newest first, kept up to date by its stream. */
export function useBin(id: string): [UseQueryResult<BinContent, Error>, Connection] {
  const queries = useQueryClient();
  const queryKey = ["bin", id];
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) => get<BinContent>(`/bin/${id}/requests`, { page_size: ALL }, signal),
  });
  const add = (arrived: BinRequest) => {
    queries.setQueryData<BinContent>(queryKey, (before) => before && { ...before, requests: merged(before, arrived) });
    // An answer that is on its way may know nothing of it yet, and would take its place.
    if (queries.isFetching({ queryKey })) void queries.invalidateQueries({ queryKey });
  };
  const after = useFirst(id, query.data?.requests);
  const path = after === undefined ? null : `/bin/${id}/requests:watch`;
  return [query, useLive<BinRequest>(path, add, { after: String(after) })];
}

/** The number of the newest of the requests that were there first: the stream goes on behind it, so that none is missed. */
function useFirst(id: string, requests: BinRequest[] | undefined): number | undefined {
  const [first, setFirst] = useState<{ id: string; after: number }>();
  useEffect(() => {
    if (requests) setFirst((before) => (before?.id === id ? before : { id, after: requests[0]?.number ?? 0 }));
  }, [id, requests]);
  return first?.id === id ? first.after : undefined;
}

function merged({ requests }: BinContent, arrived: BinRequest): BinRequest[] {
  if (requests.some((each) => each.number === arrived.number)) return requests;
  return [arrived, ...requests].slice(0, ALL);
}
