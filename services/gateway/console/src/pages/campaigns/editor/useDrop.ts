import { useReactFlow } from "@xyflow/react";
import type { DragEvent } from "react";
import type { Spot } from "../map/edits";
import { HEIGHT, WIDTH } from "../map/layout";
import { DRAGGED } from "./Palette";

/** Handlers of a place that elements are dropped on. `onDrop` is told what lies there: an element, a way, or nothing. */
export function useDrop(onDrop: (key: string, target: string, spot: Spot) => void, onOver: (target: string) => void) {
  const { screenToFlowPosition } = useReactFlow();
  const isElement = (event: DragEvent) => event.dataTransfer.types.includes(DRAGGED);
  return {
    onDragOver(event: DragEvent) {
      if (!isElement(event)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      onOver(under(event.clientX, event.clientY));
    },
    onDragLeave: () => onOver(""),
    onDrop(event: DragEvent) {
      if (!isElement(event)) return;
      event.preventDefault();
      onOver("");
      const { x, y } = screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const spot = { x: x - WIDTH / 2, y: y - HEIGHT / 2 };
      onDrop(event.dataTransfer.getData(DRAGGED), under(event.clientX, event.clientY), spot);
    },
  };
}

/** The id of the element or way at a point of the screen; empty: there is none. */
function under(x: number, y: number): string {
  for (const hit of document.elementsFromPoint(x, y)) {
    const way = hit.closest<HTMLElement>("[data-way]")?.dataset.way;
    if (way) return way;
    const element = hit.closest<HTMLElement>("[data-element]")?.dataset.element;
    if (element) return element;
    const edge = hit.closest<SVGElement>(".react-flow__edge")?.dataset.id;
    if (edge) return edge;
  }
  return "";
}
