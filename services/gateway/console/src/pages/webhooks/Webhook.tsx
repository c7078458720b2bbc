import { Alert, Button, Grid, List, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useNavigate, useParams } from "react-router";
import { get, remove } from "../../api/client";
import { useSession } from "../../api/session";
import type { GetWebhookResponseJson, WebhookJson } from "../../gen/hookline/registry/v1/webhook_pb";
import { confirm, tell, tellFailure } from "../../parts/confirm";
import { Loaded } from "../../parts/Loaded";
import { PageHeader } from "../../parts/PageHeader";
import { Health } from "../../parts/target/Health";
import { SecretPanel } from "../../parts/target/SecretPanel";
import { TestPanel } from "../../parts/target/TestPanel";
import { WebhookForm } from "./WebhookForm";

/** One webhook, or a new one where the address says so. */
export default function Webhook() {
  const { id = "" } = useParams();
  if (id === "new") {
    return (
      <>
        <PageHeader title="New webhook" says="Its signing secret is shown once, when it has been made." />
        <WebhookForm />
      </>
    );
  }
  return <Saved id={id} />;
}

function Saved({ id }: { id: string }) {
  const { accountId } = useSession();
  const query = useQuery({
    queryKey: ["webhook", accountId, id],
    queryFn: async (): Promise<WebhookJson> =>
      (await get<GetWebhookResponseJson>(`/v1/webhooks/${encodeURIComponent(id)}`)).webhook ?? {},
  });
  return (
    <>
      <PageHeader title={query.data?.name || `Webhook ${id}`} says={`Webhook ${id}`}>
        {query.data && <Deleting id={id} etag={query.data.etag} />}
      </PageHeader>
      <Loaded query={query}>
        {(webhook) => (
          <>
            <Warnings warnings={webhook.warnings ?? []} />
            <Grid>
              <Grid.Col span={{ base: 12, lg: 7 }}>
                <WebhookForm key={webhook.etag} saved={webhook} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 5 }}>
                <Stack>
                  <Health target={{ kind: "TARGET_KIND_WEBHOOK", id }} />
                  <TestPanel target={{ kind: "TARGET_KIND_WEBHOOK", id }} />
                  <SecretPanel path={`/v1/webhooks/${id}:rotateSecret`} target={webhook} />
                </Stack>
              </Grid.Col>
            </Grid>
          </>
        )}
      </Loaded>
    </>
  );
}

function Warnings({ warnings }: { warnings: string[] }) {
  if (warnings.length === 0) return null;
  return (
    <Alert color="yellow" title="Look at this" mb="md">
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warning}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Deleting({ id, etag }: { id: string; etag?: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const away = useMutation({
    mutationFn: () => remove(`/v1/webhooks/${id}`, { etag }),
    onSuccess: () => {
      tell("Webhook deleted");
      queries.invalidateQueries({ queryKey: ["webhooks"] });
      navigate("/webhooks");
    },
    onError: tellFailure,
  });
  const ask = () =>
    confirm("Delete the webhook?", "What waits for it is cancelled. Its log stays.", "Delete", () => away.mutate());
  return (
    <Button variant="default" leftSection={<Trash2 size={16} aria-hidden />} loading={away.isPending} onClick={ask}>
      Delete
    </Button>
  );
}
