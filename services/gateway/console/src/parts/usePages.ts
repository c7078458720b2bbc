/** Lists of the API, which come page by page. */

import { hashKey, type UseInfiniteQueryResult, useInfiniteQuery } from "@tanstack/react-query";
import { get, type Query } from "../api/client";

interface Options<Page, Item> {
  queryKey: readonly unknown[];
  /** What the list is filtered by: while the answer for another filter comes, what was found before stays in place. */
  filter?: string;
  path: string;
  /** What is asked for besides a page. */
  query?: Query;
  /** The items of a page. */
  items(page: Page): Item[] | undefined;
  /** How many items a page has. */
  size?: number;
  enabled?: boolean;
}

/** The items of the pages that were loaded so far. */
export type Pages<Item> = UseInfiniteQueryResult<Item[], Error>;

/** Asks for the first page of a list, and for more when `fetchNextPage` is called. */
export function usePages<Page extends { next_page_token?: string }, Item>({
  queryKey,
  filter = "",
  path,
  query,
  items,
  size = 50,
  enabled,
}: Options<Page, Item>): Pages<Item> {
  return useInfiniteQuery({
    queryKey: [...queryKey, filter],
    queryFn: ({ pageParam, signal }) => get<Page>(path, { ...query, page_size: size, page_token: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page_token || undefined,
    select: ({ pages }) => pages.flatMap((page) => items(page) ?? []),
    placeholderData: (before, query) =>
      hashKey(query?.queryKey.slice(0, -1) ?? []) === hashKey(queryKey) ? before : undefined,
    enabled,
  });
}
