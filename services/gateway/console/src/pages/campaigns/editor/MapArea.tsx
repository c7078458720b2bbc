import { Loaded } from "../../../parts/Loaded";
import { ElementPanel } from "./ElementPanel";
import { MapCanvas } from "./MapCanvas";
import { Outline } from "./Outline";
import { SettingsPanel } from "./SettingsPanel";
import { Side } from "./Side";
import type { Workbench } from "./useWorkbench";

/** The map, as a picture or as a list, and beside it where things are set up. */
export function MapArea({ bench }: { bench: Workbench }) {
  const { view, live, drafted } = bench;
  return (
    <div className="workbench">
      {!drafted && !live.data ? <Loaded query={live}>{() => null}</Loaded> : <Shown bench={bench} />}
      <Side narrow={view.narrow} opened={view.settings} onClose={() => view.setSettings(false)}>
        <Panel bench={bench} />
      </Side>
    </div>
  );
}

function Shown({ bench }: { bench: Workbench }) {
  const { editor, view, map, elements } = bench;
  const choose = (id: string) => {
    editor.select(id);
    // A way has nothing to set up.
    if (id && !id.includes(":")) view.setSettings(true);
  };
  if (view.look === "list") return <Outline elements={elements} selected={editor.selected} onSelect={choose} />;
  return (
    <MapCanvas
      key={view.shown}
      elements={elements}
      selected={editor.selected}
      narrow={view.narrow}
      onSelect={choose}
      onEdit={editor.edit}
      onRemove={map.remove}
    />
  );
}

function Panel({ bench }: { bench: Workbench }) {
  const { editor, map, names, elements, element, published } = bench;
  const { draft, selected } = editor;
  if (!element) return <SettingsPanel draft={draft} names={names} published={published} onChange={editor.change} />;
  return (
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
  );
}
