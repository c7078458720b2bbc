/** Addresses of pages that other pages lead to. */

import type { FiredByJson, TargetRefJson } from "../gen/hookline/dispatcher/v1/delivery_pb";

const kinds: Record<string, string> = { TARGET_KIND_SUBSCRIPTION: "subscription", TARGET_KIND_WEBHOOK: "webhook" };
const definitions: Record<string, [words: string, path: string]> = {
  subscription: ["subscription", "/subscriptions"],
  global_rule: ["global rule", "/rules"],
  form_rule: ["form", "/forms"],
  campaign: ["campaign", "/campaigns"],
};

/** What a person and an address call a target: `webhook/3`. */
export function targetName(target?: TargetRefJson): string {
  return `${kinds[target?.kind ?? ""] ?? "target"}/${target?.id ?? ""}`;
}

/** The target that `webhook/3` names, or none. */
export function targetOf(name: string | null): TargetRefJson | undefined {
  const [word, id] = (name ?? "").split("/");
  const kind = Object.keys(kinds).find((each) => kinds[each] === word) as TargetRefJson["kind"] | undefined;
  return kind && /^\d{1,19}$/.test(id ?? "") ? { kind, id } : undefined;
}

/** The page of a target. */
export function toTarget(target?: TargetRefJson): string {
  return `/${kinds[target?.kind ?? ""] ?? "target"}s/${target?.id ?? ""}`;
}

/** The path of a target in the API, such as `/v1/targets/TARGET_KIND_WEBHOOK/3`. */
export function targetPath(target?: TargetRefJson): string {
  return `/v1/targets/${target?.kind}/${target?.id}`;
}

/** What fired something, in words: `campaign 4, element send`. */
export function firedByName(firedBy?: FiredByJson): string {
  const { source = "", id = "", element = "" } = firedBy ?? {};
  const [words] = definitions[source] ?? [source.replaceAll("_", " ")];
  return `${words} ${id}${element ? `, ${element}` : ""}`;
}

/** The page of what fired something; none for a kind that a plugin added. */
export function toFiredBy(firedBy?: FiredByJson): string | undefined {
  const known = definitions[firedBy?.source ?? ""];
  if (!known) return undefined;
  const element = firedBy?.source === "campaign" && firedBy.element;
  return `${known[1]}/${firedBy?.id}${element ? `?element=${encodeURIComponent(element)}` : ""}`;
}

/** What a link to the log of deliveries may filter by; how each is written is told in docs/console.md. */
export interface DeliveriesLink {
  states?: string[];
  target?: TargetRefJson;
  eventType?: string;
  event?: string;
  firedBy?: FiredByJson;
  since?: string;
}

/** The log of deliveries, filtered. States are small words, such as `dead`. */
export function toDeliveries({ states = [], target, eventType, event, firedBy, since }: DeliveriesLink): string {
  const parameters = new URLSearchParams(states.map((state) => ["state", state]));
  if (target) parameters.set("target", targetName(target));
  if (eventType) parameters.set("type", eventType);
  if (event) parameters.set("event", event);
  if (firedBy) parameters.set("fired", [firedBy.source, firedBy.id, firedBy.element].filter(Boolean).join("/"));
  if (since) parameters.set("since", since);
  const text = parameters.toString();
  return text ? `/deliveries?${text}` : "/deliveries";
}
