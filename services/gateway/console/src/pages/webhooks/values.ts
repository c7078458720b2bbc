/** The settings of a webhook between the API's form and that of the page. */

import type { HttpMethodJson, WebhookJson } from "../../gen/hookline/registry/v1/webhook_pb";
import { type Credentials, credentialsMask, fromCredentials, toCredentials } from "../../parts/target/credentials";
import { fromHeaders, type Headers, headersMask, toHeaders } from "../../parts/target/headers";
import { fromForm, type Sending, sendingMask, toForm } from "../../parts/target/sending";

export interface Values extends Sending, Headers, Credentials {
  name: string;
  object_type_id: string;
  url: string;
  method: HttpMethodJson;
  data: string;
  content_type: string;
}

/** The names that an update mask has for them. */
export const mask = [
  "name",
  "object_type_id",
  "url",
  "method",
  "data",
  "content_type",
  ...headersMask,
  ...credentialsMask,
  ...sendingMask,
];

export function toValues(saved: WebhookJson = {}): Values {
  return {
    name: saved.name ?? "",
    object_type_id: String(saved.object_type_id ?? 0),
    url: saved.url ?? "",
    method: saved.method && saved.method !== "HTTP_METHOD_UNSPECIFIED" ? saved.method : "HTTP_METHOD_POST",
    data: saved.data ?? "",
    content_type: saved.content_type ?? "",
    ...toHeaders(saved),
    ...toCredentials(saved),
    ...toForm(saved),
  };
}

export function fromValues(values: Values): WebhookJson {
  return {
    name: values.name.trim(),
    object_type_id: Number(values.object_type_id),
    url: values.url.trim(),
    method: values.method,
    data: values.data,
    content_type: values.content_type.trim(),
    ...fromHeaders(values),
    ...fromCredentials(values),
    ...fromForm(values),
  };
}
