import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { ListSubscriptionsResponseJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { PageHeader } from "../../parts/PageHeader";
import { TargetCards } from "../../parts/target/TargetCards";
import { eventInWords } from "./events";

/** The account's subscriptions with what the dispatcher says of each. */
export default function Subscriptions() {
  const { accountId } = useSession();
  const query = useInfiniteQuery({
    queryKey: ["subscriptions", accountId],
    queryFn: ({ pageParam }) =>
      get<ListSubscriptionsResponseJson>("/v1/subscriptions", { page_size: 50, page_token: pageParam }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
  const subscriptions = query.data?.pages.flatMap((page) => page.subscriptions ?? []) ?? [];
  const failure = query.error ?? query.failureReason;
  return (
    <>
      <PageHeader
        title="Subscriptions"
        says="An event and an address: whenever the event happens, a signed request goes there."
      >
        <Button component={Link} to="/subscriptions/new" leftSection={<Plus size={16} aria-hidden />}>
          New subscription
        </Button>
      </PageHeader>
      {failure && <Failure error={failure} onRetry={() => query.refetch()} />}
      {query.isSuccess && subscriptions.length === 0 && (
        <Empty says="Nothing is subscribed to yet. A subscription sends a request whenever its event happens.">
          <Button component={Link} to="/subscriptions/new">
            Make the first
          </Button>
        </Empty>
      )}
      <TargetCards
        kind="TARGET_KIND_SUBSCRIPTION"
        cards={subscriptions.map(({ id = "", event = "", url = "" }) => ({
          id,
          title: eventInWords(event),
          code: event,
          line: url,
        }))}
      />
      {query.hasNextPage && (
        <Button mt="md" variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          Load more
        </Button>
      )}
    </>
  );
}
