/** How far a list of deliveries was searched: a page may hold nothing although there are more. */

import type { ListDeliveriesResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";

/** So many pages that held nothing are passed over before the reader is asked whether to look further back. */
export const PASSED = 5;

/** Whether the next page is asked for without asking the reader, and back to when all was searched, where that is said. */
export function searchedOf(pages: readonly ListDeliveriesResponseJson[]): { passing: boolean; back?: string } {
  const last = pages.at(-1);
  const empty = pages.length - 1 - pages.findLastIndex((page) => page.deliveries?.length);
  return {
    passing: Boolean(last?.next_page_token) && empty > 0 && empty % PASSED !== 0,
    back: last?.searched_back_time,
  };
}
