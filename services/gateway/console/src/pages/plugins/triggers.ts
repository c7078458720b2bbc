/** Calls about triggers of kinds that plugins add. */

import { patch, post, remove } from "../../api/client";
import type { TriggerJson } from "../../gen/hookline/registry/v1/trigger_pb";

/** A trigger as the JSON API has it: with its configuration as a plain object. */
export type Trigger = Omit<TriggerJson, "configuration"> & { configuration?: Record<string, unknown> };

const path = (id: string, verb = "") => `/v1/triggers/${encodeURIComponent(id)}${verb}`;

/** Makes a trigger, or changes name and configuration of one that has an id. */
export const saveTrigger = (trigger: Trigger) =>
  trigger.id
    ? patch(path(trigger.id), { trigger, update_mask: "name,configuration" })
    : post("/v1/triggers", { trigger, request_id: crypto.randomUUID() });

export const tellTrigger = (id: string, verb: "pause" | "resume", etag?: string) =>
  post(path(id, `:${verb}`), { etag });

export const deleteTrigger = (id: string, etag?: string) => remove(path(id), { etag });
