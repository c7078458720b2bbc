/** What the pages of subscriptions and webhooks ask of the API, the same for both. */

import { get, patch, post, remove } from "../../api/client";
import type { SignatureSchemeJson } from "../../gen/hookline/registry/v1/subscription_pb";
import type { SavedCredentials } from "./credentials";
import type { Headers } from "./headers";

export type Noun = "subscription" | "webhook";

/** What subscriptions and webhooks have in common, as they are saved. */
export interface SavedTarget extends Partial<Headers>, SavedCredentials {
  id?: string;
  etag?: string;
  /** Verifies the requests; empty where a shared secret does. */
  public_key?: string;
  old_secret_expire_time?: string;
}

/** A target, and its signing secret where it was made anew and is shared with the receiver. */
export interface Signed<Target> {
  target: Target;
  secret: string;
}

type Answer<Target> = { [noun in Noun]?: Target } & { signing_secret?: string };

const signed = <Target>(noun: Noun, answer: Answer<Target>): Signed<Target> => ({
  target: answer[noun] as Target,
  secret: answer.signing_secret ?? "",
});

export async function getTarget<Target>(noun: Noun, id: string): Promise<Target> {
  return (await get<Answer<Target>>(`/v1/${noun}s/${encodeURIComponent(id)}`))[noun] as Target;
}

export async function createTarget<Target>(
  noun: Noun,
  settings: object,
  signature: SignatureSchemeJson,
): Promise<Signed<Target>> {
  const request = { [noun]: settings, signature, request_id: crypto.randomUUID() };
  return signed(noun, await post<Answer<Target>>(`/v1/${noun}s`, request));
}

/** With an etag the write is refused when the target has changed since. */
export async function updateTarget<Target>(
  noun: Noun,
  settings: SavedTarget,
  mask: readonly string[],
): Promise<Signed<Target>> {
  const request = { [noun]: settings, update_mask: mask.join(",") };
  return signed(noun, await patch<Answer<Target>>(`/v1/${noun}s/${settings.id}`, request));
}

/** Has settings checked, those of a new target where they have no id; nothing is written. */
export const tryTarget = (noun: Noun, settings: SavedTarget, mask: readonly string[]): Promise<unknown> =>
  settings.id
    ? patch(`/v1/${noun}s/${settings.id}`, { [noun]: settings, update_mask: mask.join(","), validate_only: true })
    : post(`/v1/${noun}s`, { [noun]: settings, validate_only: true });

export async function rotateSecret<Target>(
  noun: Noun,
  id: string,
  overlap: string,
  signature: SignatureSchemeJson,
): Promise<Signed<Target>> {
  return signed(noun, await post<Answer<Target>>(`/v1/${noun}s/${id}:rotateSecret`, { overlap, signature }));
}

export const deleteTarget = (noun: Noun, id: string, etag?: string) => remove(`/v1/${noun}s/${id}`, { etag });
