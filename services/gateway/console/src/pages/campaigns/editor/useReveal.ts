import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect } from "react";
import { HEIGHT, WIDTH } from "../map/layout";

/** Moves the picture to the element that is selected, where that is not seen: one that is new, or named in a problem. */
export function useReveal(frame: RefObject<HTMLElement | null>, selected: string): void {
  const { getNode, getZoom, setCenter, flowToScreenPosition } = useReactFlow();
  useEffect(() => {
    // What is new has its place once it is drawn.
    const soon = setTimeout(() => {
      const node = getNode(selected);
      const seen = frame.current?.getBoundingClientRect();
      if (!node || !seen) return;
      const middle = { x: node.position.x + WIDTH / 2, y: node.position.y + HEIGHT / 2 };
      const { x, y } = flowToScreenPosition(middle);
      const inside = x > seen.left + 60 && x < seen.right - 60 && y > seen.top + 40 && y < seen.bottom - 40;
      if (!inside) void setCenter(middle.x, middle.y, { zoom: getZoom(), duration: 250 });
    }, 60);
    return () => clearTimeout(soon);
  }, [selected, frame, getNode, getZoom, setCenter, flowToScreenPosition]);
}
