import { get } from "../api/client";
import type { ListWebhooksResponseJson, WebhookJson } from "../gen/hookline/registry/v1/webhook_pb";
import { isolated } from "./isolated";

/** The query for the account's webhooks, those of the first page: as many as a list shows at once. */
export const WEBHOOKS = {
  queryKey: ["webhooks", "names"],
  queryFn: async (): Promise<WebhookJson[]> =>
    (await get<ListWebhooksResponseJson>("/v1/webhooks", { page_size: 1000 })).webhooks ?? [],
};

/** What a person calls a webhook: its name, or where it sends to. */
export function webhookName(webhooks: readonly WebhookJson[], id: string): string {
  const found = webhooks.find((each) => each.id === id);
  if (!id) return "…";
  return found?.name ? `“${isolated(found.name)}”` : `webhook ${id}`;
}
