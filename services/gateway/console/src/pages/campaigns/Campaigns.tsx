import { Button, Table } from "@mantine/core";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { CampaignJson, ListCampaignsResponseJson } from "../../gen/hookline/registry/v1/campaign_pb";
import { tellFailure } from "../../parts/confirm";
import { Empty } from "../../parts/Empty";
import { Listed } from "../../parts/Listed";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { usePages } from "../../parts/usePages";
import { createCampaign } from "./api";
import { starter } from "./map/starter";
import { Row } from "./Row";

/** All campaigns, with where they stand and whom they moved. */
export default function Campaigns() {
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const campaigns = usePages({
    queryKey: ["campaigns", "list"],
    path: "/v1/campaigns",
    items: (page: ListCampaignsResponseJson) => page.campaigns,
  });
  const create = async () => {
    setMaking(true);
    try {
      const made = await createCampaign({ name: "New campaign", elements: starter() });
      await navigate(`/campaigns/${made.id}`);
    } catch (error) {
      tellFailure(error);
    } finally {
      setMaking(false);
    }
  };
  const button = useMay("MANAGE") && (
    <Button leftSection={<Plus size={16} aria-hidden />} loading={making} onClick={() => void create()}>
      New campaign
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Campaigns"
        says="Maps that contacts move through: they come in by events, wait, take one way or another, and have their data sent on the way."
      >
        {button}
      </PageHeader>
      <Listed
        pages={campaigns}
        empty={
          <Empty says="There is no campaign yet. A new one begins with a small map: contacts come in, have their data sent to a webhook, and leave.">
            {button}
          </Empty>
        }
      >
        {(all) => <CampaignTable campaigns={all} />}
      </Listed>
    </>
  );
}

function CampaignTable({ campaigns }: { campaigns: CampaignJson[] }) {
  return (
    <Table.ScrollContainer minWidth={300}>
      <Table aria-label="Campaigns" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Campaign</Table.Th>
            <Table.Th className="wide-only nowrap">State</Table.Th>
            <Table.Th className="wide-only nowrap">Version</Table.Th>
            <Table.Th ta="right" className="wide-only nowrap">
              Sent
            </Table.Th>
            <Table.Th ta="right" className="wide-only nowrap">
              Waiting
            </Table.Th>
            <Table.Th className="wide-only nowrap" pl="xl">
              Changed
            </Table.Th>
            <Table.Th aria-label="What can be done" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {campaigns.map((each) => (
            <Row key={each.id} campaign={each} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
