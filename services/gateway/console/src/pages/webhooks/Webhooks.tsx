import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import { useSession } from "../../api/session";
import type { ListWebhooksResponseJson } from "../../gen/hookline/registry/v1/webhook_pb";
import { Empty } from "../../parts/Empty";
import { Listed } from "../../parts/Listed";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { TargetCards } from "../../parts/target/TargetCards";
import { usePages } from "../../parts/usePages";

/** The account's webhooks with what the dispatcher says of each. */
export default function Webhooks() {
  const { accountId } = useSession();
  const may = useMay("MANAGE");
  const webhooks = usePages({
    queryKey: ["webhooks", accountId],
    path: "/v1/webhooks",
    items: (page: ListWebhooksResponseJson) => page.webhooks,
  });
  return (
    <>
      <PageHeader
        title="Webhooks"
        says="Where to send, what and how. Campaigns, global rules and forms fire them; by itself a webhook sends nothing."
      >
        {may && (
          <Button component={Link} to="/webhooks/new" leftSection={<Plus size={16} aria-hidden />}>
            New webhook
          </Button>
        )}
      </PageHeader>
      <Listed
        pages={webhooks}
        empty={
          <Empty says="There is no webhook yet. Make one, then let a campaign, a global rule or a form fire it.">
            {may && (
              <Button component={Link} to="/webhooks/new">
                Make the first
              </Button>
            )}
          </Empty>
        }
      >
        {(all) => (
          <TargetCards
            kind="TARGET_KIND_WEBHOOK"
            cards={all.map(({ id = "", name, url = "", method }) => ({
              id,
              title: name || `Webhook ${id}`,
              line: `${methodInWords(method)} ${url}`,
            }))}
          />
        )}
      </Listed>
    </>
  );
}

function methodInWords(method?: string): string {
  return !method || method === "HTTP_METHOD_UNSPECIFIED" ? "POST" : method.replace("HTTP_METHOD_", "");
}
