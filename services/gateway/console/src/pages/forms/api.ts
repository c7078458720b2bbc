/** Calls about forms. */

import { get, patch, post, remove } from "../../api/client";
import type {
  CreateFormResponseJson,
  FormJson,
  GetFormResponseJson,
  PauseFormResponseJson,
  UpdateFormResponseJson,
} from "../../gen/hookline/registry/v1/form_pb";

const path = (id: string, verb = "") => `/v1/forms/${encodeURIComponent(id)}${verb}`;

export const getForm = async (id: string): Promise<FormJson> => (await get<GetFormResponseJson>(path(id))).form ?? {};

export const createForm = async (form: FormJson): Promise<FormJson> =>
  (await post<CreateFormResponseJson>("/v1/forms", { form, request_id: crypto.randomUUID() })).form ?? {};

/** Changes what `mask` names. */
export const updateForm = async (form: FormJson, mask: string): Promise<FormJson> =>
  (await patch<UpdateFormResponseJson>(path(form.id ?? ""), { form, update_mask: mask })).form ?? {};

/** Has a form checked that would be changed where `mask` names, or defined where it has no id; nothing is written. */
export const tryForm = (form: FormJson, mask: string): Promise<unknown> =>
  form.id
    ? patch(path(form.id), { form, update_mask: mask, validate_only: true })
    : post("/v1/forms", { form, validate_only: true });

export const tellForm = async (id: string, verb: "pause" | "resume", etag?: string): Promise<FormJson> =>
  (await post<PauseFormResponseJson>(path(id, `:${verb}`), { etag })).form ?? {};

export const deleteForm = (id: string, etag?: string) => remove(path(id), { etag });
