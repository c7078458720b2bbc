/** The settings of a subscription between the API's form and that of the page. */

import type { PayloadFormatJson, SubscriptionJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { fromSettling, type Settling, toSettling } from "../../parts/language/settle";
import { type Credentials, credentialsMask, fromCredentials, toCredentials } from "../../parts/target/credentials";
import { fromHeaders, type Headers, headersMask, toHeaders } from "../../parts/target/headers";
import { fromForm, type Sending, sendingMask, toForm } from "../../parts/target/sending";
import { events, joined, split } from "./events";

export interface Values extends Sending, Headers, Credentials {
  event: string;
  number: string;
  url: string;
  format: PayloadFormatJson;
  content_type: string;
  settle: Settling;
}

/** The names that an update mask has for them. */
export const mask = [
  "event",
  "url",
  "format",
  "content_type",
  "settle",
  ...headersMask,
  ...credentialsMask,
  ...sendingMask,
];

export function toValues(saved: SubscriptionJson = {}): Values {
  const { type, number } = split(saved.event ?? "sub_tag");
  return {
    event: type,
    number,
    url: saved.url ?? "",
    format: saved.format && saved.format !== "PAYLOAD_FORMAT_UNSPECIFIED" ? saved.format : "PAYLOAD_FORMAT_FULL",
    content_type: saved.content_type || "application/x-www-form-urlencoded",
    settle: toSettling(saved.settle),
    ...toHeaders(saved),
    ...toCredentials(saved),
    ...toForm(saved),
  };
}

export function fromValues(values: Values): SubscriptionJson {
  const numbered = events.find((each) => each.type === values.event)?.number;
  return {
    event: joined(values.event, numbered ? values.number : ""),
    url: values.url.trim(),
    format: values.format,
    content_type: values.content_type,
    settle: fromSettling(values.settle),
    ...fromHeaders(values),
    ...fromCredentials(values),
    ...fromForm(values),
  };
}

const parameters: Record<string, string> = {
  object_submits_form: "form_id",
  sub_tag: "tag_id",
  unsub_tag: "tag_id",
  purchase_product: "product_id",
  transaction_created_with_product: "product_id",
};

/** An event that the subscription fires for, about an object with these data. */
export function sampleEvent({ event, number }: Values, data: Record<string, unknown>) {
  const parameter = parameters[event];
  return {
    type: event,
    params: parameter ? { [parameter]: number || "1" } : {},
    object_type_id: event === "object_create" ? Number(number || 0) : 0,
    object_id: String(data.id ?? "1"),
    data,
  };
}
