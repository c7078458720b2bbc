import { Button, Center, Stack, Text } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useEffect } from "react";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { ListDeliveriesResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { searchedOf } from "./searched";

type Pages = UseInfiniteQueryResult<InfiniteData<ListDeliveriesResponseJson>, Error>;

/** Loads older rows. A page may hold nothing although there are more: a few of those are passed over without asking. */
export function More({ pages, rows }: { pages: Pages; rows: DeliveryJson[] }) {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = pages;
  const { passing: empty, back } = searchedOf(pages.data?.pages ?? []);
  const passing = empty && !isFetchNextPageError;
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
