import { Button } from "@mantine/core";
import { CircleCheck, CirclePause, CirclePlay, Rocket, Save } from "lucide-react";
import { useMay } from "../../../parts/may";
import type { Actions } from "./useActions";
import type { Editor } from "./useEditor";

/** Save, validate, publish, pause and resume. */
export function Buttons({ editor, actions }: { editor: Editor; actions: Actions }) {
  const { campaign, dirty } = editor;
  const { busy } = actions;
  const may = useMay("MANAGE");
  // Who may only look is not offered what would be refused.
  const state = may && campaign.state;
  return (
    <>
      {state === "CAMPAIGN_STATE_LIVE" && (
        <Button
          variant="default"
          leftSection={<CirclePause size={16} aria-hidden />}
          loading={busy === "pause"}
          onClick={actions.pause}
        >
          Pause
        </Button>
      )}
      {state === "CAMPAIGN_STATE_PAUSED" && (
        <Button
          variant="default"
          leftSection={<CirclePlay size={16} aria-hidden />}
          loading={busy === "resume"}
          onClick={actions.resume}
        >
          Resume
        </Button>
      )}
      <Button
        variant="default"
        leftSection={<CircleCheck size={16} aria-hidden />}
        loading={busy === "check"}
        onClick={() => void actions.check()}
      >
        Validate
      </Button>
      <Button
        variant={dirty ? "light" : "default"}
        leftSection={<Save size={16} aria-hidden />}
        disabled={!may || !dirty}
        loading={busy === "save"}
        onClick={() => void actions.save()}
      >
        Save draft
      </Button>
      <Button
        leftSection={<Rocket size={16} aria-hidden />}
        disabled={!may || (!dirty && !campaign.unpublished_changes)}
        loading={busy === "publish"}
        onClick={() => void actions.publish()}
      >
        Publish
      </Button>
    </>
  );
}
