import { Alert, Badge, Button, Group, Text } from "@mantine/core";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { State } from "../../../parts/State";
import { Time } from "../../../parts/Time";
import type { Counts as Known } from "../useStats";
import { Counts } from "./Counts";
import type { CountName } from "./MapContext";

interface Props {
  campaign: CampaignJson;
  dirty: boolean;
  counts: Known | undefined;
  onCount(count: CountName): void;
}

/** Where a campaign stands: its state and version, what is not saved or published, and the counts of the whole map. */
export function Status({ campaign, dirty, counts, onCount }: Props) {
  const version = campaign.version && campaign.version !== "0" ? campaign.version : "";
  return (
    <Group gap="xs">
      <State value={campaign.state} prefix="CAMPAIGN_STATE_" />
      {version && (
        <Text size="sm" c="dimmed">
          Version {version}, published <Time span size="sm" c="dimmed" value={campaign.publish_time} />
        </Text>
      )}
      {dirty ? (
        <Badge variant="light" color="orange" tt="none">
          not saved
        </Badge>
      ) : (
        version &&
        campaign.unpublished_changes && (
          <Badge variant="light" color="orange" tt="none">
            changes are not published
          </Badge>
        )
      )}
      {counts && <Counts stats={counts.total} onCount={onCount} />}
    </Group>
  );
}

/** Says that somebody else saved meanwhile, and offers both ways out. */
export function Conflict({ onReload, onOverwrite }: { onReload(): void; onOverwrite(): void }) {
  return (
    <Alert color="yellow" role="alert" title="Somebody else changed this campaign meanwhile">
      <Text size="sm">Your changes are still here, but not saved.</Text>
      <Group gap="xs" mt="xs">
        <Button size="xs" variant="default" onClick={onReload}>
          Drop mine and load theirs
        </Button>
        <Button size="xs" variant="light" color="red" onClick={onOverwrite}>
          Save mine over theirs
        </Button>
      </Group>
    </Alert>
  );
}
