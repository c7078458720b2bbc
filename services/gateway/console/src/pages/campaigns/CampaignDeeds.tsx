import { useNavigate } from "react-router";
import type { CampaignJson } from "../../gen/hookline/registry/v1/campaign_pb";
import { copied } from "../../parts/copied";
import { Deeds } from "../../parts/Deeds";
import { createCampaign, deleteCampaign, draftOf, getCampaign, tellCampaign } from "./api";

/** What can be done with a campaign besides editing its map; one that was never published cannot be paused. */
export function CampaignDeeds({ campaign }: { campaign: CampaignJson }) {
  const { id = "", state, etag } = campaign;
  const name = campaign.name || `Campaign ${id}`;
  const paused = state === "CAMPAIGN_STATE_PAUSED";
  const navigate = useNavigate();
  return (
    <Deeds
      name={name}
      paused={paused}
      list="campaigns"
      deleting="Contacts leave its map and waits are dropped. What it fired before is still sent."
      turn={paused || state === "CAMPAIGN_STATE_LIVE" ? (verb) => tellCampaign(id, verb, etag) : undefined}
      duplicate={async () => {
        const draft = draftOf(await getCampaign(id));
        const made = await createCampaign({ ...draft, name: copied(draft.name || name) });
        await navigate(`/campaigns/${made.id}`);
      }}
      copyIs="a draft"
      away={() => deleteCampaign(id, etag)}
    />
  );
}
