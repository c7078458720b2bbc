/** A request bin: what the gateway says of it, and the requests that it shows while they come. */

import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
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
  const query = useQuery({
    queryKey: ["bin", id],
    queryFn: () => get<BinContent>(`/bin/${id}/requests`, { page_size: ALL }),
  });
  const add = (arrived: BinRequest) =>
    queries.setQueryData<BinContent>(
      ["bin", id],
      (before) => before && { ...before, requests: merged(before, arrived) },
    );
  const connection = useLive<BinRequest>(query.data ? `/bin/${id}/requests:watch` : null, add);
  useEffect(() => {
    // What came before the stream began, or while it was away, is asked for.
    if (connection === "live") void queries.invalidateQueries({ queryKey: ["bin", id] });
  }, [connection, id, queries]);
  return [query, connection];
}

function merged({ requests }: BinContent, arrived: BinRequest): BinRequest[] {
  if (requests.some((each) => each.number === arrived.number)) return requests;
  return [arrived, ...requests].slice(0, ALL);
}
