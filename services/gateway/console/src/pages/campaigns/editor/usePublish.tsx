import { List, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { tell } from "../../../parts/confirm";
import { getCampaign, tellCampaign } from "../api";
import type { Counts } from "../useStats";
import { leaving, publishing } from "./publishing";
import type { Doing } from "./useDoing";
import type { Editor } from "./useEditor";

interface Steps {
  doing: Doing;
  flawless(): Promise<boolean | null>;
  save(): Promise<CampaignJson | null>;
  /** Takes what the server says of the campaign now. */
  known(campaign: CampaignJson): void;
}

/** Publishing a draft that has no flaw, once its author has read what that means for whom. */
export function usePublish(editor: Editor, counts: Counts | undefined, { doing, flawless, save, known }: Steps) {
  const { campaign, draft, dirty } = editor;
  const id = campaign.id ?? "";
  const goLive = async () => {
    const saved = dirty ? await save() : campaign;
    const live = saved && (await doing("publish", () => tellCampaign(id, "publish", saved.etag)));
    if (!live) return;
    known(live);
    tell(`Version ${live.version} is what contacts follow now.`);
  };
  return async () => {
    if (!(await flawless())) return;
    const followed =
      campaign.version && campaign.version !== "0"
        ? await doing("publish", () => getCampaign(id, "CAMPAIGN_VIEW_PUBLISHED"))
        : null;
    const gone = leaving(followed?.elements ?? [], draft.elements, counts?.elements);
    modals.openConfirmModal({
      title: `Publish “${draft.name || "this campaign"}”?`,
      children: <Meaning said={publishing(campaign, counts?.total, gone)} dirty={dirty} />,
      labels: { confirm: "Publish", cancel: "Cancel" },
      onConfirm: () => void goLive(),
    });
  };
}

function Meaning({ said, dirty }: { said: string[]; dirty: boolean }) {
  return (
    <Stack gap="xs">
      <List size="sm" spacing="xs">
        {said.map((each) => (
          <List.Item key={each}>{each}</List.Item>
        ))}
      </List>
      {dirty && <Text size="sm">What is not saved is saved first.</Text>}
    </Stack>
  );
}
