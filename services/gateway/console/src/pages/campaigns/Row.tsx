import { ActionIcon, Anchor, Group, Menu, Table, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { CirclePause, CirclePlay, Copy, Ellipsis, Trash2 } from "lucide-react";
import { Link, useNavigate } from "react-router";
import type { CampaignJson } from "../../gen/hookline/registry/v1/campaign_pb";
import { confirm, tell, tellFailure } from "../../parts/confirm";
import { State } from "../../parts/State";
import { Time } from "../../parts/Time";
import { createCampaign, deleteCampaign, draftOf, getCampaign, tellCampaign } from "./api";
import { useStats } from "./useStats";

/** A campaign in the list. */
export function Row({ campaign }: { campaign: CampaignJson }) {
  const { id = "", name, state, version = "0" } = campaign;
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
      <Table.Td className="wide-only">
        <State value={state} prefix="CAMPAIGN_STATE_" />
      </Table.Td>
      <Table.Td className="wide-only numbers">{published ? version : "–"}</Table.Td>
      <Table.Td ta="right" className="wide-only numbers">
        {number(counts?.total.sent)}
      </Table.Td>
      <Table.Td ta="right" className="wide-only numbers">
        {number(counts?.total.waiting)}
      </Table.Td>
      <Table.Td className="wide-only">
        <Time value={campaign.update_time} size="sm" />
      </Table.Td>
      <Table.Td ta="right">
        <Deeds campaign={campaign} />
      </Table.Td>
    </Table.Tr>
  );
}

function Deeds({ campaign }: { campaign: CampaignJson }) {
  const { id = "", state, etag } = campaign;
  const name = campaign.name || `Campaign ${id}`;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const doing = async (work: () => Promise<unknown>, done: string) => {
    try {
      await work();
      tell(done);
    } catch (error) {
      tellFailure(error);
    }
    await queries.invalidateQueries({ queryKey: ["campaigns"] });
  };
  const duplicate = async () => {
    const draft = draftOf(await getCampaign(id));
    const made = await createCampaign({ ...draft, name: `${draft.name || name} (copy)`.slice(0, 128) });
    await navigate(`/campaigns/${made.id}`);
  };
  const ask = () =>
    confirm(
      `Delete “${name}”?`,
      "Contacts leave its map and waits are dropped. What it fired before is still sent.",
      "Delete",
      () => void doing(() => deleteCampaign(id, etag), `“${name}” is deleted.`),
    );
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`What can be done with ${name}`}>
          <Ellipsis size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {state === "CAMPAIGN_STATE_LIVE" && (
          <Menu.Item
            leftSection={<CirclePause size={16} aria-hidden />}
            onClick={() => void doing(() => tellCampaign(id, "pause", etag), `“${name}” is paused.`)}
          >
            Pause
          </Menu.Item>
        )}
        {state === "CAMPAIGN_STATE_PAUSED" && (
          <Menu.Item
            leftSection={<CirclePlay size={16} aria-hidden />}
            onClick={() => void doing(() => tellCampaign(id, "resume", etag), `“${name}” is live again.`)}
          >
            Resume
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<Copy size={16} aria-hidden />}
          onClick={() => void doing(duplicate, `“${name}” is duplicated.`)}
        >
          Duplicate
        </Menu.Item>
        <Menu.Item color="red" leftSection={<Trash2 size={16} aria-hidden />} onClick={ask}>
          Delete
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
