/** What publishing means for contacts, in words. */

import type { ElementStatsJson } from "../../../gen/hookline/dispatcher/v1/campaign_stats_service_pb";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { type Elements, find } from "../map/edits";
import { titleOf } from "../map/words";

/** An element that contacts follow now and that the draft no longer has, with how many wait there. */
export interface Leaving {
  title: string;
  waiting: number;
}

export function leaving(
  followed: Elements,
  draft: Elements,
  counts: ReadonlyMap<string, ElementStatsJson> | undefined,
): Leaving[] {
  return followed
    .filter((each) => !find(draft, each.id ?? ""))
    .map((each) => ({ title: titleOf(each), waiting: Number(counts?.get(each.id ?? "")?.waiting ?? 0) }));
}

/** Sentences on what happens to whom. */
export function publishing(
  campaign: CampaignJson,
  total: ElementStatsJson | undefined,
  gone: readonly Leaving[],
): string[] {
  if (campaign.state === "CAMPAIGN_STATE_DRAFT")
    return [
      "The campaign goes live: contacts come in from now on, whenever one of its triggers happens.",
      "What happened before brings nobody in.",
    ];
  const waiting = Number(total?.waiting ?? 0);
  const on = waiting === 1 ? "One contact is" : `${waiting.toLocaleString("en")} contacts are`;
  return [
    `${on} on the map. Everybody keeps their place; waits that were changed keep their beginning.`,
    ...gone.map(({ title, waiting: there }) =>
      there
        ? `“${title}” is gone: the ${there.toLocaleString("en")} who wait there go on to the nearest element that follows it and is still there, or leave.`
        : `“${title}” is gone; nobody waits there.`,
    ),
    ...(campaign.state === "CAMPAIGN_STATE_PAUSED" ? ["The campaign stays paused until it is resumed."] : []),
  ];
}
