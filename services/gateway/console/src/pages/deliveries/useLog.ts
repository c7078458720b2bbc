/** The log of deliveries as it is shown: pages that were loaded, what came since, and each row as of its newest outcome. */

import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { get } from "../../api/client";
import { useLive } from "../../api/live";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type {
  ListDeliveriesResponseJson,
  WatchResponseJson,
} from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { asQuery, type Filter, writeFilter } from "./filters";
import { arrived, newestOf, rowsOf } from "./rows";

const PAGE = 50;
// So many rows that came by themselves are kept; beyond, the log begins anew with a page.
const MOST_ADMITTED = 200;

/**
 * Follows the log under a filter. While `held`, nothing that is new is put in: `fresh` counts it, `show` puts it in. What is
 * new is asked for with the filter itself, at once when the stream of outcomes tells of something and every few seconds else,
 * since the stream tells of no delivery that only waits.
 */
export function useLog(filter: Filter, held: boolean) {
  const queries = useQueryClient();
  const key = writeFilter(filter).toString();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a span is counted back from when its filter was chosen
  const query = useMemo(() => asQuery(filter, new Date()), [key]);
  const page = (token: string, signal: AbortSignal) =>
    get<ListDeliveriesResponseJson>("/v1/deliveries", { ...query, page_size: PAGE, page_token: token }, signal);
  const pages = useInfiniteQuery({
    queryKey: ["deliveries", "log", key],
    queryFn: ({ pageParam, signal }) => page(pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page_token || undefined,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const head = useQuery({
    queryKey: ["deliveries", "head", key],
    queryFn: ({ signal }) => page("", signal),
    enabled: pages.isSuccess,
    refetchInterval: 3000,
    staleTime: 0,
  });
  const [admitted, setAdmitted] = useState<DeliveryJson[]>([]);
  const { updates, connection } = useOutcomes(filter, head.refetch);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came under another filter is none of this one
  useEffect(() => setAdmitted([]), [key]);

  const rows = useMemo(() => {
    const shown = [...admitted, ...(pages.data?.pages.flatMap((each) => each.deliveries ?? []) ?? [])];
    return rowsOf(shown, newestOf(updates, head.data?.deliveries ?? []));
  }, [admitted, pages.data, head.data, updates]);
  const fresh = useMemo(() => arrived(rows, head.data?.deliveries ?? []), [rows, head.data]);
  const gap = fresh.length > 0 && fresh.length === head.data?.deliveries?.length && Boolean(head.data?.next_page_token);

  const show = useCallback(() => {
    if (gap || admitted.length > MOST_ADMITTED) {
      setAdmitted([]);
      void queries.resetQueries({ queryKey: ["deliveries", "log", key] });
    } else {
      setAdmitted((already) => [...fresh, ...already]);
    }
  }, [gap, admitted.length, fresh, queries, key]);
  useEffect(() => {
    if (!held && fresh.length && !pages.isFetching) show();
  }, [held, fresh, show, pages.isFetching]);

  return { pages, rows, fresh: fresh.length, gap, show, connection, refresh: () => void head.refetch() };
}

/** The outcomes that the stream tells of, by delivery, gathered for half a second each so that many cost no more than one. */
function useOutcomes(filter: Filter, onSome: () => unknown) {
  const [updates, setUpdates] = useState<ReadonlyMap<string, DeliveryJson>>(new Map());
  const gathered = useRef(new Map<string, DeliveryJson>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const told = useRef(onSome);
  told.current = onSome;
  const { "target.kind": kind, "target.id": id } = asQuery(filter, new Date());
  const connection = useLive<WatchResponseJson>(
    "/v1/deliveries:watch",
    ({ delivery }) => {
      if (!delivery?.id) return;
      gathered.current.set(delivery.id, delivery);
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const some = [...gathered.current.values()];
        gathered.current.clear();
        setUpdates((before) => newestOf(new Map([...before].slice(-2000)), some));
        told.current();
      }, 500);
    },
    { "target.kind": kind, "target.id": id },
  );
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return { updates, connection };
}
