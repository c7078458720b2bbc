import "../campaigns.css";
import { Stack } from "@mantine/core";
import { ReactFlowProvider } from "@xyflow/react";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { PageHeader } from "../../../parts/PageHeader";
import { titleOf } from "../map/words";
import { Buttons } from "./Buttons";
import { Contacts } from "./Contacts";
import { MapArea } from "./MapArea";
import { MapContext, type MapSurroundings } from "./MapContext";
import { Palette } from "./Palette";
import { Standing } from "./Standing";
import { Toolbar } from "./Toolbar";
import { useWorkbench, type Workbench } from "./useWorkbench";

interface Props {
  campaign: CampaignJson;
  /** Loads the campaign anew, in place of what is worked on. */
  onReload(): void;
}

/** The editor of a campaign's map. */
export function Editor(props: Props) {
  return (
    <ReactFlowProvider>
      <Opened {...props} />
    </ReactFlowProvider>
  );
}

function Opened({ campaign: loaded, onReload }: Props) {
  const bench = useWorkbench(loaded);
  const { editor, view, actions, element, editable, map } = bench;
  const id = editor.campaign.id ?? "";
  return (
    <MapContext.Provider value={surroundings(bench)}>
      <PageHeader title={editor.draft.name || `Campaign ${id}`}>
        <Buttons editor={editor} actions={actions} />
      </PageHeader>
      <Stack gap="sm">
        <Standing bench={bench} onReload={onReload} />
        <Toolbar bench={bench} />
        {editable && (
          <Palette after={element ? titleOf(element) : ""} onAdd={map.add} onDrop={map.drop} onOver={view.setOver} />
        )}
        <MapArea bench={bench} />
      </Stack>
      <Contacts campaignId={id} asked={view.asked} onClose={() => view.setAsked(null)} />
    </MapContext.Provider>
  );
}

const surroundings = ({ names, counts, editor, editable, view, map, showContacts }: Workbench): MapSurroundings => ({
  names,
  counts: counts?.elements,
  flaws: editor.flaws,
  editable,
  over: view.over,
  onInsert: map.insert,
  onCount: showContacts,
});
