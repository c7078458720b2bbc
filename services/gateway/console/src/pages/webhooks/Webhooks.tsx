import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { ListWebhooksResponseJson } from "../../gen/hookline/registry/v1/webhook_pb";
import { Empty } from "../../parts/Empty";
import { Failure } from "../../parts/Failure";
import { PageHeader } from "../../parts/PageHeader";
import { TargetCards } from "../../parts/target/TargetCards";

/** The account's webhooks with what the dispatcher says of each. */
export default function Webhooks() {
  const { accountId } = useSession();
  const query = useInfiniteQuery({
    queryKey: ["webhooks", accountId],
    queryFn: ({ pageParam }) => get<ListWebhooksResponseJson>("/v1/webhooks", { page_size: 50, page_token: pageParam }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
  const webhooks = query.data?.pages.flatMap((page) => page.webhooks ?? []) ?? [];
  const failure = query.error ?? query.failureReason;
  return (
    <>
      <PageHeader
        title="Webhooks"
        says="Where to send, what and how. Campaigns, global rules and forms fire them; by itself a webhook sends nothing."
      >
        <Button component={Link} to="/webhooks/new" leftSection={<Plus size={16} aria-hidden />}>
          New webhook
        </Button>
      </PageHeader>
      {failure && <Failure error={failure} onRetry={() => query.refetch()} />}
      {query.isSuccess && webhooks.length === 0 && (
        <Empty says="There is no webhook yet. Make one, then let a campaign, a global rule or a form fire it.">
          <Button component={Link} to="/webhooks/new">
            Make the first
          </Button>
        </Empty>
      )}
      <TargetCards
        kind="TARGET_KIND_WEBHOOK"
        cards={webhooks.map(({ id = "", name, url = "", method }) => ({
          id,
          title: name || `Webhook ${id}`,
          line: `${methodInWords(method)} ${url}`,
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

function methodInWords(method?: string): string {
  return !method || method === "HTTP_METHOD_UNSPECIFIED" ? "POST" : method.replace("HTTP_METHOD_", "");
}
