import { Anchor, Button, Group, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { NewWebhook } from "../../../parts/target/NewWebhook";
import { WEBHOOKS } from "../../../parts/webhooks";
import type { SetupProps } from "./ElementSetup";

/** The webhook that is fired: one that there is, or one that is made here. */
export function WebhookSetup({ element, objectTypeId, errorAt, onChange }: SetupProps) {
  const webhooks = useQuery(WEBHOOKS);
  const [making, setMaking] = useState(false);
  const choose = (webhook_id?: string) => onChange({ ...element, webhook: { webhook_id } });
  const id = element.webhook?.webhook_id;
  const fitting = (webhooks.data ?? []).filter((each) => (each.object_type_id ?? 0) === objectTypeId);
  const chosen = (webhooks.data ?? []).find((each) => each.id === id);
  return (
    <>
      <Select
        label="Webhook"
        searchable
        placeholder="Choose a webhook"
        nothingFoundMessage="There is none: create one below"
        data={fitting.map((each) => ({ value: each.id ?? "", label: each.name || each.url || `Webhook ${each.id}` }))}
        value={id ?? null}
        error={errorAt("webhook.webhook_id")}
        onChange={(value) => choose(value ?? undefined)}
      />
      {chosen && (
        <Text size="xs" c="dimmed">
          {chosen.method?.replace("HTTP_METHOD_", "") ?? "POST"} {chosen.url}{" "}
          <Anchor size="xs" component={Link} to={`/webhooks/${chosen.id}`} underline="always">
            Open it
          </Anchor>
        </Text>
      )}
      {making ? (
        <NewWebhook
          objectTypeId={objectTypeId}
          onMade={(webhookId) => {
            setMaking(false);
            choose(webhookId);
          }}
          onCancel={() => setMaking(false)}
        />
      ) : (
        <Group>
          <Button
            variant="light"
            size="xs"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => setMaking(true)}
          >
            Create a webhook
          </Button>
        </Group>
      )}
    </>
  );
}
