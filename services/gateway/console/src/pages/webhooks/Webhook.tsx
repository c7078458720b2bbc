import { Alert, List } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "react-router";
import type { WebhookJson } from "../../gen/hookline/registry/v1/webhook_pb";
import { PageHeader } from "../../parts/PageHeader";
import type { Signed } from "../../parts/target/api";
import { showMade } from "../../parts/target/made";
import { TargetPage } from "../../parts/target/TargetPage";
import { WebhookForm } from "./WebhookForm";

/** One webhook, or a new one where the address says so. */
export default function Webhook() {
  const { id = "" } = useParams();
  if (id === "new") return <New />;
  return (
    <TargetPage<WebhookJson> key={id} noun="webhook" id={id} title={({ name }) => name || `Webhook ${id}`}>
      {(form) => (
        <>
          <Warnings warnings={form.saved.warnings ?? []} />
          <WebhookForm {...form} />
        </>
      )}
    </TargetPage>
  );
}

function New() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const made = async (signed: Signed<WebhookJson>) => {
    queries.invalidateQueries({ queryKey: ["webhooks"] });
    await navigate(`/webhooks/${signed.target.id}`);
    showMade("webhook", signed);
  };
  return (
    <>
      <PageHeader title="New webhook" says="A request that campaigns, global rules and forms can send." />
      <WebhookForm onSaved={(signed) => void made(signed)} />
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
