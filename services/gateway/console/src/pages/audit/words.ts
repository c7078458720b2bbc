/** Entries of the audit log in words. */

import type { AuditEntryJson } from "../../gen/hookline/registry/v1/audit_pb";

/** `hookline.registry.v1.WebhookService.RotateWebhookSecret` as `RotateWebhookSecret`. */
export const shortMethod = (method: string): string => method.slice(method.lastIndexOf(".") + 1);

/** The same as `Rotate webhook secret`. */
export function methodInWords(method: string): string {
  const words = shortMethod(method).replace(/([a-z])([A-Z])/g, "$1 $2");
  return words.charAt(0) + words.slice(1).toLowerCase();
}

const pages: Record<string, string> = {
  subscription: "/subscriptions",
  webhook: "/webhooks",
  campaign: "/campaigns",
  global_rule: "/rules",
  form: "/forms",
  object_type: "/object-types",
  delivery: "/deliveries",
};

/** The page of what an entry is about; none for what has no page, or was deleted. */
export function pageOf({ resource = "", method = "" }: AuditEntryJson): string | undefined {
  const [noun = "", id = ""] = resource.split("/");
  const page = pages[noun];
  return page && /^\d+$/.test(id) && !shortMethod(method).startsWith("Delete") ? `${page}/${id}` : undefined;
}
