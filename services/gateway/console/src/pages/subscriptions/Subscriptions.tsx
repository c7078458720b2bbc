import { Button } from "@mantine/core";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import { useSession } from "../../api/session";
import type { ListSubscriptionsResponseJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { Empty } from "../../parts/Empty";
import { Listed } from "../../parts/Listed";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { TargetCards } from "../../parts/target/TargetCards";
import { usePages } from "../../parts/usePages";
import { eventInWords } from "./events";

/** The account's subscriptions with what the dispatcher says of each. */
export default function Subscriptions() {
  const { accountId } = useSession();
  const may = useMay("MANAGE");
  const subscriptions = usePages({
    queryKey: ["subscriptions", accountId],
    path: "/v1/subscriptions",
    items: (page: ListSubscriptionsResponseJson) => page.subscriptions,
  });
  return (
    <>
      <PageHeader
        title="Subscriptions"
        says="An event and an address: whenever the event happens, a signed request goes there."
      >
        {may && (
          <Button component={Link} to="/subscriptions/new" leftSection={<Plus size={16} aria-hidden />}>
            New subscription
          </Button>
        )}
      </PageHeader>
      <Listed
        pages={subscriptions}
        empty={
          <Empty says="Nothing is subscribed to yet. A subscription sends a request whenever its event happens.">
            {may && (
              <Button component={Link} to="/subscriptions/new">
                Make the first
              </Button>
            )}
          </Empty>
        }
      >
        {(all) => (
          <TargetCards
            kind="TARGET_KIND_SUBSCRIPTION"
            cards={all.map(({ id = "", event = "", url = "" }) => ({
              id,
              title: eventInWords(event),
              code: event,
              line: url,
            }))}
          />
        )}
      </Listed>
    </>
  );
}
