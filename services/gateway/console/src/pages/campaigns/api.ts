/** What the pages of campaigns ask of the API. */

import { ApiError, get, patch, post, remove } from "../../api/client";
import type { GetCampaignStatsResponseJson } from "../../gen/hookline/dispatcher/v1/campaign_stats_service_pb";
import type { CampaignJson, CampaignViewJson } from "../../gen/hookline/registry/v1/campaign_pb";
import type { Flaw } from "./map/flaws";
import { flawsOf } from "./map/flaws";
import type { Element } from "./map/kinds";

/** What a person works on: all of a campaign that they may change. */
export interface Draft {
  name: string;
  object_type_id: number;
  time_zone: string;
  reentry_allowed: boolean;
  elements: readonly Element[];
}

interface Answer {
  campaign: CampaignJson;
}

/** The draft that a campaign holds. */
export const draftOf = (campaign: CampaignJson): Draft => ({
  name: campaign.name ?? "",
  object_type_id: campaign.object_type_id ?? 0,
  time_zone: campaign.time_zone ?? "",
  reentry_allowed: campaign.reentry_allowed ?? false,
  elements: campaign.elements ?? [],
});

export async function getCampaign(id: string, view?: CampaignViewJson): Promise<CampaignJson> {
  return (await get<Answer>(`/v1/campaigns/${id}`, { view })).campaign;
}

export async function createCampaign(campaign: Partial<Draft>): Promise<CampaignJson> {
  return (await post<Answer>("/v1/campaigns", { campaign })).campaign;
}

/** Saves a draft. With an etag the write is refused when the campaign has changed since. */
export async function saveCampaign(id: string, etag: string | undefined, draft: Draft): Promise<CampaignJson> {
  const campaign = { id, etag, ...draft };
  const update_mask = Object.keys(draft).join(",");
  return (await patch<Answer>(`/v1/campaigns/${id}`, { campaign, update_mask })).campaign;
}

/** Lets a campaign go live, pauses or resumes it. */
export async function tellCampaign(
  id: string,
  verb: "publish" | "pause" | "resume",
  etag?: string,
): Promise<CampaignJson> {
  return (await post<Answer>(`/v1/campaigns/${id}:${verb}`, { etag })).campaign;
}

export const deleteCampaign = (id: string, etag?: string) => remove(`/v1/campaigns/${id}`, { etag });

/** Everything that would keep a draft from being published. */
export async function validate(id: string, draft: Draft): Promise<Flaw[]> {
  const answer = await post<{ flaws?: { field?: string; reason?: string }[] }>("/v1/campaigns:validate", {
    campaign: { id, ...draft },
  });
  const found = (answer.flaws ?? []).map(({ field = "", reason = "" }) => ({ field, description: reason }));
  return flawsOf(found, draft.elements);
}

/** The flaws that a refusal names; none where it was refused for another reason. */
export function flawsIn(error: unknown, draft: Draft): Flaw[] {
  return error instanceof ApiError ? flawsOf(error.violations, draft.elements) : [];
}

/** Whether a write was refused because somebody else wrote meanwhile. */
export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.reason === "ETAG_MISMATCH";

/** The counts of a campaign's elements; null where there are none yet, since it was never published. */
export async function getStats(id: string, signal?: AbortSignal): Promise<GetCampaignStatsResponseJson | null> {
  try {
    return await get<GetCampaignStatsResponseJson>(`/v1/campaigns/${id}/stats`, {}, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}
