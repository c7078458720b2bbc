import { get } from "../../api/client";
import type { ListWebhooksResponseJson, WebhookJson } from "../../gen/hookline/registry/v1/webhook_pb";

/** The query for the account's webhooks, those of the first page: as many as a list shows at once. */
export const WEBHOOKS = {
  queryKey: ["webhooks", "names"],
  queryFn: async (): Promise<WebhookJson[]> =>
    (await get<ListWebhooksResponseJson>("/v1/webhooks", { page_size: 1000 })).webhooks ?? [],
};
