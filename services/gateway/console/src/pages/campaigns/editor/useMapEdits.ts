import { useReactFlow } from "@xyflow/react";
import * as edits from "../map/edits";
import { wayOf } from "../map/flow";
import { type Offer, offerOf } from "../map/kinds";
import { free, tidy } from "../map/layout";
import type { Editor } from "./useEditor";

/** What a person does to the map, each as one step that can be undone; what is new is selected. */
export function useMapEdits(editor: Editor) {
  const { fitView, getNode } = useReactFlow();
  const elements = editor.draft.elements;
  const made = ({ elements: next, id }: { elements: edits.Elements; id: string }) => editor.edit(next, "", id);
  const isWay = (id: string) => id.includes(":");
  const fit = () => void fitView({ duration: 250, padding: 0.12, maxZoom: 1 });
  return {
    fit,
    insert: (way: edits.Way, offer: Offer) => made(edits.insert(elements, way, offer)),
    insertAfter: (id: string, offer: Offer) => made(edits.insertAfter(elements, id, offer)),
    /** Adds behind what is selected, or on a free spot below the map. */
    add(offer: Offer) {
      const { selected } = editor;
      if (isWay(selected)) return made(edits.insert(elements, wayOf(selected), offer));
      const known = edits.find(elements, selected);
      if (known && !known.end && offer.kind !== "entry") return made(edits.insertAfter(elements, selected, offer));
      const top = offer.kind === "entry" || !elements.length ? 0 : edits.bottom(elements);
      return made(edits.place(elements, offer, free(elements, { x: edits.left(elements), y: top })));
    },
    drop(key: string, target: string, spot: edits.Spot) {
      const offer = offerOf(key);
      if (!offer) return;
      if (isWay(target)) return made(edits.insert(elements, wayOf(target), offer));
      if (target && getNode(target)) return made(edits.insertAfter(elements, target, offer));
      made(edits.place(elements, offer, spot));
    },
    duplicate: (id: string) => made(edits.duplicate(elements, id)),
    remove(id: string) {
      if (isWay(id)) editor.edit(edits.connect(elements, wayOf(id), ""), "", "");
      else editor.edit(edits.remove(elements, id), "", "");
    },
    tidy() {
      editor.edit(tidy(elements));
      // The picture moves once the new places are drawn.
      setTimeout(fit, 60);
    },
  };
}
