import { useQueryClient } from "@tanstack/react-query";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { confirm, tell } from "../../../parts/confirm";
import { saveCampaign, tellCampaign, validate } from "../api";
import type { Counts } from "../useStats";
import { useDoing } from "./useDoing";
import type { Editor } from "./useEditor";
import { usePublish } from "./usePublish";

export type Actions = ReturnType<typeof useActions>;

const turns = {
  pause: {
    title: "Pause this campaign?",
    says: "Contacts are held where they are: nobody comes in and nobody moves. Events that come meanwhile are not made up for. Waits that end meanwhile end when it is resumed.",
    action: "Pause",
    done: "The campaign is paused.",
  },
  resume: {
    title: "Resume this campaign?",
    says: "Contacts move again. Waits that ended meanwhile end now, in the order in which they were due.",
    action: "Resume",
    done: "The campaign is live again.",
  },
};

/** What can be done with a draft: each says what came of it. */
export function useActions(editor: Editor, counts: Counts | undefined) {
  const queries = useQueryClient();
  const { busy, conflict, settled, doing } = useDoing(editor);
  const { campaign, draft, listFlaws, took } = editor;
  const id = campaign.id ?? "";
  const known = (answered: CampaignJson, sent?: typeof draft) => {
    took(answered, sent);
    void queries.invalidateQueries({ queryKey: ["campaigns"] });
  };
  /** With `force` over whatever somebody else saved meanwhile. */
  const save = (force = false) =>
    doing("save", async () => {
      const saved = await saveCampaign(id, force ? undefined : campaign.etag, draft);
      known(saved, draft);
      settled();
      return saved;
    });
  const flawless = () =>
    doing("check", async () => {
      const flaws = await validate(id, draft);
      listFlaws(flaws);
      return flaws.length === 0;
    });
  const check = async () => {
    if (await flawless()) tell("The map is whole: it can be published.");
  };
  const publish = usePublish(editor, counts, { doing, flawless, save, known });
  const turn = (verb: keyof typeof turns) => {
    const { title, says, action, done } = turns[verb];
    const go = async () => {
      const answered = await doing(verb, () => tellCampaign(id, verb, campaign.etag));
      if (!answered) return;
      known(answered);
      tell(done);
    };
    confirm(title, says, action, () => void go(), false);
  };
  return { busy, conflict, save, check, publish, pause: () => turn("pause"), resume: () => turn("resume") };
}
