import { Button, Grid, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useNavigate, useParams } from "react-router";
import { get, remove } from "../../api/client";
import { useSession } from "../../api/session";
import type { GetSubscriptionResponseJson, SubscriptionJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { confirm, tell, tellFailure } from "../../parts/confirm";
import { Loaded } from "../../parts/Loaded";
import { PageHeader } from "../../parts/PageHeader";
import { Health } from "../../parts/target/Health";
import { SecretPanel } from "../../parts/target/SecretPanel";
import { TestPanel } from "../../parts/target/TestPanel";
import { eventInWords } from "./events";
import { SubscriptionForm } from "./SubscriptionForm";

/** One subscription, or a new one where the address says so. */
export default function Subscription() {
  const { id = "" } = useParams();
  if (id === "new") {
    return (
      <>
        <PageHeader title="New subscription" says="Its signing secret is shown once, when it has been made." />
        <SubscriptionForm />
      </>
    );
  }
  return <Saved id={id} />;
}

function Saved({ id }: { id: string }) {
  const { accountId } = useSession();
  const query = useQuery({
    queryKey: ["subscription", accountId, id],
    queryFn: async (): Promise<SubscriptionJson> =>
      (await get<GetSubscriptionResponseJson>(`/v1/subscriptions/${encodeURIComponent(id)}`)).subscription ?? {},
  });
  return (
    <>
      <PageHeader
        title={query.data ? eventInWords(query.data.event ?? "") : `Subscription ${id}`}
        says={`Subscription ${id}`}
      >
        {query.data && <Deleting id={id} etag={query.data.etag} />}
      </PageHeader>
      <Loaded query={query}>
        {(subscription) => (
          <Grid>
            <Grid.Col span={{ base: 12, lg: 7 }}>
              <SubscriptionForm key={subscription.etag} saved={subscription} />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 5 }}>
              <Stack>
                <Health target={{ kind: "TARGET_KIND_SUBSCRIPTION", id }} />
                <TestPanel target={{ kind: "TARGET_KIND_SUBSCRIPTION", id }} />
                <SecretPanel path={`/v1/subscriptions/${id}:rotateSecret`} target={subscription} />
              </Stack>
            </Grid.Col>
          </Grid>
        )}
      </Loaded>
    </>
  );
}

function Deleting({ id, etag }: { id: string; etag?: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const away = useMutation({
    mutationFn: () => remove(`/v1/subscriptions/${id}`, { etag }),
    onSuccess: () => {
      tell("Subscription deleted");
      queries.invalidateQueries({ queryKey: ["subscriptions"] });
      navigate("/subscriptions");
    },
    onError: tellFailure,
  });
  const ask = () =>
    confirm("Delete the subscription?", "What waits for it is cancelled. Its log stays.", "Delete", () =>
      away.mutate(),
    );
  return (
    <Button variant="default" leftSection={<Trash2 size={16} aria-hidden />} loading={away.isPending} onClick={ask}>
      Delete
    </Button>
  );
}
