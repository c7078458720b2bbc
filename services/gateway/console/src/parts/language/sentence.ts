/** A whole rule as one sentence. */

import type { ConditionGroupJson, ConditionJson, RuleTriggerJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { triggerKind } from "./catalogue";
import { conditionInWords, type Names } from "./words";

/** What a sentence calls things: besides fields and campaigns the object itself, and webhooks by their id. */
export interface Called extends Names {
  noun: string;
  webhook(id: string): string;
}

export interface Said {
  triggers: readonly RuleTriggerJson[];
  any_of: readonly ConditionGroupJson[];
  /** The ids of the webhooks that are sent, in order. */
  webhooks: readonly string[];
  /** How many seconds it must be quiet before; none: it does not wait. */
  quiet?: number;
}

/** `When a contact gets tag 4, if its Last Name is Smith, send Tell the CRM.` What is still missing stands as `…`. */
export function ruleInWords(rule: Said, names: Called): string {
  const when = rule.triggers.map((each) => triggerSentence(each, names)).join(", or when ") || "…";
  const conditions = conditionsSentence(rule.any_of, names);
  const waits = rule.quiet ? `, wait until the ${names.noun} has been quiet for ${rule.quiet} s` : "";
  const sends = listed(rule.webhooks.map((id) => names.webhook(id))) || "…";
  return `When ${when}${conditions && `, if ${conditions}`}${waits}, ${waits && "then "}send ${sends}${sends.endsWith("…") ? "" : "."}`;
}

/** `it has tag 5 and its Last Name is Smith`; several groups stand in brackets. Empty without conditions. */
export function conditionsSentence(groups: readonly ConditionGroupJson[], names: Names): string {
  const said = groups.map((group) => (group.all_of ?? []).map((each) => conditionSentence(each, names)).join(" and "));
  return said.length > 1 ? said.map((each) => `(${each || "…"})`).join(" or ") : (said[0] ?? "");
}

function conditionSentence(condition: ConditionJson, names: Names): string {
  const { tag, campaign } = condition;
  if (tag) return `it ${tag.absent ? "does not have" : "has"} tag ${tag.tag_id || "…"}`;
  if (campaign) {
    return `it is ${campaign.absent ? "not on" : "on"} ${campaign.campaign_id ? names.campaign(campaign.campaign_id) : "…"}`;
  }
  return `its ${conditionInWords(condition, names)}`;
}

function triggerSentence(trigger: RuleTriggerJson, names: Called): string {
  const event = trigger.event ?? "";
  const one = `${/^[aeiou]/i.test(names.noun) ? "an" : "a"} ${names.noun}`;
  const template = templates[event] ?? `{one} has the event ${event}`;
  const outcome =
    { "0": " and the payment succeeds", "1": " and the payment fails" }[trigger.params?.outcome ?? ""] ?? "";
  return (
    template.replace(/\{(\w+)\}/g, (_, name: string) => (name === "one" ? one : said(trigger, name, names))) + outcome
  );
}

function said({ event = "", params }: RuleTriggerJson, name: string, names: Names): string {
  const value = params?.[name];
  if (!value) return "…";
  const param = triggerKind(event).params.find((each) => each.name === name);
  if (param?.kind === "field" || param?.kind === "date") return names.field(value);
  if (param?.kind === "campaign") return names.campaign(value);
  const chosen = param?.choices?.find((each) => each.value === value)?.label.toLowerCase() ?? value;
  return name === "units" && params?.number === "1" ? chosen.replace(/s$/, "") : chosen;
}

const listed = (items: readonly string[]) =>
  items.length > 1 ? `${items.slice(0, -1).join(", ")} and ${items.at(-1)}` : (items[0] ?? "");

const templates: Record<string, string> = {
  object_create: "{one} is added to the database",
  field_is_updated: "the field {field} of {one} is updated",
  sub_tag: "{one} gets tag {tag_id}",
  unsub_tag: "{one} loses tag {tag_id}",
  object_submits_form: "{one} submits form {form_id}",
  purchase_product: "{one} purchases product {product_id}",
  transaction_created_with_product: "{one} has a transaction with product {product_id}",
  Contact_receives_refund_on_product: "{one} gets a refund on product {product_id}",
  Contact_is_subscribed_to_productsub: "{one} subscribes to product {product_id}",
  Contact_subscription_to_productsub_is_subaction: "the product subscription {order_id} of {one} is {option}",
  Contact_credit_card_is_ccstatus: "the credit card of {one} is {option}",
  Contact_opens_email: "{one} opens email {email_id}",
  Contact_clicks_emailanchor: "{one} clicks link {link_num} in email {email_id}",
  Contact_sends_Email: "{one} sends an email",
  sms_message_received: "{one} sends an SMS to number {number_id}",
  Contact_visits_landingpage_splittest: "{one} visits landing page {landing_page_id}",
  Contact_visits_purl_splittest: "{one} visits personal page {purl_id}",
  contact_visits_url: "{one} visits {url}",
  clicks_tracked_link: "{one} clicks tracked link {tracked_link_id}",
  object_completed_task: "{one} completes task {task_id}",
  call_is_logged: "a call with {one} is logged",
  Contact_added_to_campaign: "{one} is added to {campaign_id}",
  Contact_leaves_campaign: "{one} leaves {campaign_id}",
  pause_campaign: "{one} is paused on {campaign_id}",
  unpause_campaign: "{one} is resumed on {campaign_id}",
  on_date_field: "the date in {field} of {one} comes",
  relative_date_field: "it is {number} {units} {option} the date in {field} of {one}",
};
