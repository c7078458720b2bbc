import "../campaigns.css";
import { Stack } from "@mantine/core";
import { useHotkeys, useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { CampaignJson } from "../../../gen/hookline/registry/v1/campaign_pb";
import { Loaded } from "../../../parts/Loaded";
import { PageHeader } from "../../../parts/PageHeader";
import { getCampaign } from "../api";
import { find } from "../map/edits";
import { placed } from "../map/layout";
import { titleOf } from "../map/words";
import { useStats } from "../useStats";
import { Buttons } from "./Buttons";
import { type Asked, Contacts } from "./Contacts";
import { ElementPanel } from "./ElementPanel";
import { MapCanvas } from "./MapCanvas";
import { type CountName, MapContext } from "./MapContext";
import { Outline } from "./Outline";
import { Palette } from "./Palette";
import { Problems } from "./Problems";
import { SettingsPanel } from "./SettingsPanel";
import { Side } from "./Side";
import { Conflict, Status } from "./Status";
import { type Look, type Shown, Toolbar } from "./Toolbar";
import { useActions } from "./useActions";
import { useEditor } from "./useEditor";
import { useLeaveGuard } from "./useLeaveGuard";
import { useMapEdits } from "./useMapEdits";
import { useMapNames } from "./useMapNames";

interface Props {
  campaign: CampaignJson;
  /** Loads the campaign anew, in place of what is worked on. */
  onReload(): void;
}

/** The editor of a campaign's map. */
export function Editor(props: Props) {
  return (
    <ReactFlowProvider>
      <Workbench {...props} />
    </ReactFlowProvider>
  );
}

function Workbench({ campaign: loaded, onReload }: Props) {
  const [parameters] = useSearchParams();
  const editor = useEditor(loaded, parameters.get("element") ?? "");
  const { campaign, draft, selected, select } = editor;
  const narrow = useMediaQuery("(max-width: 62em)") ?? false;
  const [look, setLook] = useState<Look>("map");
  const [shown, setShown] = useState<Shown>("draft");
  const [over, setOver] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const [settings, setSettings] = useState(false);
  const published = Number(campaign.version ?? 0) > 0;
  const live = useQuery({
    queryKey: ["campaigns", campaign.id, "published", campaign.version],
    queryFn: async () => placed((await getCampaign(campaign.id ?? "", "CAMPAIGN_VIEW_PUBLISHED")).elements ?? []),
    enabled: shown === "live",
  });
  const counts = useStats(campaign.id ?? "", published);
  const names = useMapNames(draft.object_type_id);
  const actions = useActions(editor, counts);
  const map = useMapEdits(editor);
  useLeaveGuard(editor.dirty);
  const editable = shown === "draft";
  useHotkeys(
    editable
      ? [
          ["mod+Z", editor.undo],
          ["mod+shift+Z", editor.redo],
          ["mod+Y", editor.redo],
        ]
      : [],
  );
  useHotkeys([["mod+S", () => void (editor.dirty && actions.save())]], []);
  const elements = editable ? draft.elements : (live.data ?? []);
  const element = find(elements, selected);
  const showContacts = (id: string, count: CountName) => {
    const title = id ? titleOf(find(elements, id) ?? { id }) : "The whole map";
    setAsked({ element: id, title, count });
  };
  const panel = element ? (
    <ElementPanel
      key={element.id}
      element={element}
      elements={elements}
      objectTypeId={draft.object_type_id}
      names={names}
      onEdit={editor.edit}
      onInsertAfter={(offer) => map.insertAfter(selected, offer)}
      onDuplicate={() => map.duplicate(selected)}
      onRemove={() => map.remove(selected)}
    />
  ) : (
    <SettingsPanel draft={draft} names={names} published={published} onChange={editor.change} />
  );
  return (
    <MapContext.Provider
      value={{
        names,
        counts: counts?.elements,
        flaws: editor.flaws,
        editable,
        over,
        onInsert: map.insert,
        onCount: showContacts,
      }}
    >
      <PageHeader title={draft.name || `Campaign ${campaign.id}`}>
        <Buttons editor={editor} actions={actions} />
      </PageHeader>
      <Stack gap="sm">
        <Status campaign={campaign} dirty={editor.dirty} counts={counts} onCount={(count) => showContacts("", count)} />
        {actions.conflict && <Conflict onReload={onReload} onOverwrite={() => void actions.save(true)} />}
        <Problems
          flaws={editor.flaws}
          elements={draft.elements}
          onSelect={select}
          onClose={() => editor.setFlaws([])}
        />
        <Toolbar
          {...{ look, shown, published, editable, narrow }}
          canUndo={editor.canUndo}
          canRedo={editor.canRedo}
          onLook={setLook}
          onShown={setShown}
          onUndo={editor.undo}
          onRedo={editor.redo}
          onTidy={map.tidy}
          onFit={map.fit}
          onSettings={() => {
            if (!narrow) select("");
            setSettings(true);
          }}
        />
        {editable && <Palette after={element ? titleOf(element) : ""} onAdd={map.add} />}
        <div className="workbench">
          {!editable && !live.data ? (
            <Loaded query={live}>{() => null}</Loaded>
          ) : look === "map" ? (
            <MapCanvas
              key={shown}
              elements={elements}
              selected={selected}
              narrow={narrow}
              onSelect={(id) => {
                select(id);
                if (id && !id.includes(":")) setSettings(true);
              }}
              onEdit={editor.edit}
              onRemove={map.remove}
              onDrop={map.drop}
              onOver={setOver}
            />
          ) : (
            <Outline
              elements={elements}
              selected={selected}
              onSelect={(id) => {
                select(id);
                setSettings(true);
              }}
            />
          )}
          <Side narrow={narrow} opened={settings} onClose={() => setSettings(false)}>
            {panel}
          </Side>
        </div>
      </Stack>
      <Contacts campaignId={campaign.id ?? ""} asked={asked} onClose={() => setAsked(null)} />
    </MapContext.Provider>
  );
}
