import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { useMay } from "../../../parts/may";
import { getCampaign } from "../api";
import { find } from "../map/edits";
import { placed } from "../map/layout";
import { titleOf } from "../map/words";
import { useStats } from "../useStats";
import type { CountName } from "./MapContext";
import { useActions } from "./useActions";
import { useEditor } from "./useEditor";
import { useKeys } from "./useKeys";
import { useLeaveGuard } from "./useLeaveGuard";
import { useMapEdits } from "./useMapEdits";
import { useMapNames } from "./useMapNames";
import { useTrial } from "./useTrial";
import { useView } from "./useView";

export type Workbench = ReturnType<typeof useWorkbench>;

/** Everything that the parts of the editor share: the draft, the view of it, and what can be done with both. */
export function useWorkbench(loaded: CampaignJson) {
  const [parameters] = useSearchParams();
  const editor = useEditor(loaded, parameters.get("element") ?? "");
  const view = useView();
  const { campaign, draft, selected } = editor;
  const id = campaign.id ?? "";
  const published = Number(campaign.version ?? 0) > 0;
  const drafted = view.shown === "draft";
  const editable = useMay("MANAGE") && drafted;
  const live = useQuery({
    queryKey: ["campaigns", campaign.id, "published", campaign.version],
    queryFn: async () => placed((await getCampaign(id, "CAMPAIGN_VIEW_PUBLISHED")).elements ?? []),
    enabled: !drafted,
  });
  const counts = useStats(id, published);
  const names = useMapNames(draft.object_type_id);
  const actions = useActions(editor, counts);
  const map = useMapEdits(editor);
  useLeaveGuard(editor.dirty);
  useTrial(editor, editable);
  useKeys(editor, actions, editable);
  const elements = drafted ? draft.elements : (live.data ?? []);
  /** Opens the contacts behind a count of an element; empty: of the whole map. */
  const showContacts = (element: string, count: CountName) => {
    const title = element ? titleOf(find(elements, element) ?? { id: element }) : "The whole map";
    view.setAsked({ element, title, count });
  };
  return {
    editor,
    view,
    /** The version that contacts are on, asked for while it is shown. */
    live,
    counts,
    names,
    actions,
    map,
    published,
    /** Whether what is worked on is shown, not what contacts are on. */
    drafted,
    editable,
    /** The map that is shown. */
    elements,
    /** The element of it that is selected. */
    element: find(elements, selected),
    showContacts,
  };
}
