import { List, Stack, Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { confirm, tell, tellFailure } from "../../../parts/confirm";
import { flawsIn, getCampaign, isConflict, saveCampaign, tellCampaign, validate } from "../api";
import type { Counts } from "../useStats";
import { leaving, publishing } from "./publishing";
import type { Editor } from "./useEditor";

export interface Actions {
  /** What is being done, such as `save`; empty: nothing. */
  busy: string;
  /** Whether somebody else saved meanwhile. */
  conflict: boolean;
  save(force?: boolean): Promise<CampaignJson | null>;
  check(): Promise<boolean>;
  publish(): Promise<void>;
  pause(): void;
  resume(): void;
}

/** What can be done with a draft: each says what came of it. */
export function useActions(editor: Editor, counts: Counts | undefined): Actions {
  const queries = useQueryClient();
  const [busy, setBusy] = useState("");
  const [conflict, setConflict] = useState(false);
  const { campaign, draft, setFlaws, took } = editor;
  const id = campaign.id ?? "";

  const doing = async <Result,>(word: string, work: () => Promise<Result>): Promise<Result | null> => {
    setBusy(word);
    try {
      return await work();
    } catch (error) {
      const flaws = flawsIn(error, draft);
      if (isConflict(error)) setConflict(true);
      else if (flaws.length) setFlaws(flaws);
      else tellFailure(error);
      return null;
    } finally {
      setBusy("");
    }
  };
  const known = (answered: CampaignJson) => {
    took(answered);
    void queries.invalidateQueries({ queryKey: ["campaigns"] });
  };

  const save = (force = false) =>
    doing("save", async () => {
      const saved = await saveCampaign(id, force ? undefined : campaign.etag, draft);
      took(saved, draft);
      setConflict(false);
      setFlaws([]);
      void queries.invalidateQueries({ queryKey: ["campaigns"] });
      return saved;
    });

  const flawless = () =>
    doing("check", async () => {
      const flaws = await validate(id, draft);
      setFlaws(flaws);
      return flaws.length === 0;
    });

  const check = async () => {
    const fine = (await flawless()) ?? false;
    if (fine) tell("The map is whole: it can be published.");
    return fine;
  };

  const publish = async () => {
    if (!(await flawless())) return;
    const followed =
      campaign.version && campaign.version !== "0"
        ? await doing("publish", () => getCampaign(id, "CAMPAIGN_VIEW_PUBLISHED"))
        : null;
    const said = publishing(
      campaign,
      counts?.total,
      leaving(followed?.elements ?? [], draft.elements, counts?.elements),
    );
    modals.openConfirmModal({
      title: `Publish “${draft.name || "this campaign"}”?`,
      children: (
        <Stack gap="xs">
          <List size="sm" spacing="xs">
            {said.map((each) => (
              <List.Item key={each}>{each}</List.Item>
            ))}
          </List>
          {editor.dirty && <Text size="sm">What is not saved is saved first.</Text>}
        </Stack>
      ),
      labels: { confirm: "Publish", cancel: "Cancel" },
      onConfirm: () => void goLive(),
    });
  };
  const goLive = async () => {
    const saved = editor.dirty ? await save() : campaign;
    if (!saved) return;
    const live = await doing("publish", () => tellCampaign(id, "publish", saved.etag));
    if (!live) return;
    known(live);
    tell(`Version ${live.version} is what contacts follow now.`);
  };

  const turn = (verb: "pause" | "resume", done: string) =>
    void doing(verb, () => tellCampaign(id, verb, campaign.etag)).then((answered) => {
      if (!answered) return;
      known(answered);
      tell(done);
    });
  const pause = () =>
    confirm(
      "Pause this campaign?",
      "Contacts are held where they are: nobody comes in and nobody moves. Events that come meanwhile are not made up for. Waits that end meanwhile end when it is resumed.",
      "Pause",
      () => turn("pause", "The campaign is paused."),
      false,
    );
  const resume = () =>
    confirm(
      "Resume this campaign?",
      "Contacts move again. Waits that ended meanwhile end now, in the order in which they were due.",
      "Resume",
      () => turn("resume", "The campaign is live again."),
      false,
    );
  return { busy, conflict, save, check, publish, pause, resume };
}
