import { Anchor, Group, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import type { CampaignJson } from "../../gen/hookline/registry/v1/campaign_pb";
import { useMay } from "../../parts/may";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { CampaignDeeds } from "./CampaignDeeds";
import { useStats } from "./useStats";

/** A campaign in the list. */
export function Row({ campaign }: { campaign: CampaignJson }) {
  const { id = "", name, state, version = "0" } = campaign;
  const may = useMay("MANAGE");
  const published = Number(version) > 0;
  const counts = useStats(id, published, 5000);
  const number = (value?: string) => (counts ? Number(value ?? 0).toLocaleString("en") : "–");
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/campaigns/${id}`} fw={600} underline="hover">
          {name || `Campaign ${id}`}
        </Anchor>
        <Group gap="xs" hiddenFrom="sm">
          <State value={state} prefix="CAMPAIGN_STATE_" />
          {counts && (
            <Text size="xs" className="numbers">
              {number(counts.total.sent)} sent · {number(counts.total.waiting)} waiting
            </Text>
          )}
        </Group>
        {published && campaign.unpublished_changes && (
          <Text size="xs" c="dimmed">
            changes are not published
          </Text>
        )}
      </Table.Td>
      <Table.Td className="wide-only nowrap">
        <State value={state} prefix="CAMPAIGN_STATE_" />
      </Table.Td>
      <Table.Td className="wide-only nowrap numbers">{published ? version : "–"}</Table.Td>
      <Table.Td ta="right" className="wide-only nowrap numbers">
        {number(counts?.total.sent)}
      </Table.Td>
      <Table.Td ta="right" className="wide-only nowrap numbers">
        {number(counts?.total.waiting)}
      </Table.Td>
      <Table.Td className="wide-only nowrap" pl="xl">
        <Time value={campaign.update_time} size="sm" />
      </Table.Td>
      <Table.Td ta="right">{may && <CampaignDeeds campaign={campaign} />}</Table.Td>
    </Table.Tr>
  );
}
