import { Button, Center, Stack, Text } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { ListDeliveriesResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";

type Pages = UseInfiniteQueryResult<InfiniteData<ListDeliveriesResponseJson>, Error>;
// So many pages that held nothing are passed over before the reader is asked whether to look further back.
const PASSED = 5;

/** Loads older rows. A page may hold nothing although there are more: a few of those are passed over without asking. */
export function More({ pages, rows }: { pages: Pages; rows: DeliveryJson[] }) {
  const all = pages.data?.pages ?? [];
  const empty = all.length - 1 - all.findLastIndex((page) => page.deliveries?.length);
  const { hasNextPage, isFetching, fetchNextPage } = pages;
  const passing = hasNextPage && empty > 0 && empty % PASSED !== 0;
  useEffect(() => {
    if (passing && !isFetching) void fetchNextPage();
  }, [passing, isFetching, fetchNextPage]);
  if (!hasNextPage) {
    return rows.length > 10 ? (
      <Center my="lg">
        <Text size="sm" c="dimmed">
          That is all that is kept.
        </Text>
      </Center>
    ) : null;
  }
  const back = all.at(-1)?.searched_back_time;
  return (
    <Stack align="center" gap="xs" my="lg">
      {back && (
        <Text size="sm" c="dimmed" role="status">
          Searched back to {new Date(back).toLocaleString()}.
        </Text>
      )}
      <Button variant="default" loading={pages.isFetchingNextPage || passing} onClick={() => fetchNextPage()}>
        {back ? "Look further back" : "Load more"}
      </Button>
    </Stack>
  );
}
