import { useReactFlow } from "@xyflow/react";
import { type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { Spot } from "../map/edits";
import type { Offer } from "../map/kinds";
import { HEIGHT, WIDTH } from "../map/layout";

/** Pixels up to which a press is one, however shaky. */
const SHAKE = 6;
/** Pixels from the edge of the screen within which the page moves, and by how many in each step. */
const EDGE = 64;
const STEP = 8;

/** An element on its way to its spot, at a point of the screen. */
export interface Held {
  offer: Offer;
  x: number;
  y: number;
}

interface Drag {
  /** `onDrop` is told what lies at the spot: an element, a way, or nothing. */
  onDrop(key: string, target: string, spot: Spot): void;
  onOver(target: string): void;
}

/** Dragging of offers into the picture, by mouse, finger and pen alike; Escape lets go of what is held. */
export function useDragOut({ onDrop, onOver }: Drag) {
  const { screenToFlowPosition } = useReactFlow();
  const from = useRef<Held | null>(null);
  const dragged = useRef(false);
  const [held, setHeld] = useState<Held | null>(null);
  const letGo = useCallback(() => {
    from.current = null;
    setHeld(null);
    onOver("");
  }, [onOver]);
  const area = useFingers();
  useEscape(held !== null, letGo);
  useScrolling(held);
  const at = (event: PointerEvent) => ({ x: event.clientX, y: event.clientY });

  const handlers = (offer: Offer) => ({
    onPointerDown(event: PointerEvent) {
      dragged.current = false;
      if (!event.isPrimary || event.button !== 0) return;
      from.current = { offer, ...at(event) };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent) {
      const start = from.current;
      if (!start) return;
      const { x, y } = at(event);
      dragged.current ||= Math.hypot(x - start.x, y - start.y) > SHAKE;
      if (!dragged.current) return;
      setHeld({ offer, x, y });
      onOver(under(x, y) ?? "");
    },
    onPointerUp(event: PointerEvent) {
      const { x, y } = at(event);
      const target = from.current && dragged.current ? under(x, y) : null;
      letGo();
      if (target === null) return;
      const middle = screenToFlowPosition({ x, y });
      onDrop(offer.key, target, { x: middle.x - WIDTH / 2, y: middle.y - HEIGHT / 2 });
    },
    onPointerCancel: letGo,
  });
  /** Whether a press ends a drag, and so is none; one of the keyboard never does. */
  const endsDrag = (press: { detail: number }) => dragged.current && press.detail > 0;
  return { held, handlers, endsDrag, area };
}

/**
 * Given to what holds the offers, it has a browser leave to us what fingers do there. One that took a fast drag for a fling, even
 * where nothing scrolls, would take the next tap for the end of that fling, and swallow it.
 */
function useFingers() {
  const area = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const held = (event: TouchEvent) => {
      if (event.cancelable && (event.target as Element).closest("[data-offer]")) event.preventDefault();
    };
    const on = area.current;
    on?.addEventListener("touchmove", held, { passive: false });
    return () => on?.removeEventListener("touchmove", held);
  }, []);
  return area;
}

function useEscape(active: boolean, letGo: () => void) {
  useEffect(() => {
    if (!active) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.key === "Escape") letGo();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [active, letGo]);
}

/** Brings what is above or below the screen into it, while something is held at its edge. */
function useScrolling(held: Held | null) {
  const down = held && held.y > window.innerHeight - EDGE ? STEP : 0;
  const up = held && held.y < EDGE ? STEP : 0;
  useEffect(() => {
    if (down === up) return;
    const timer = setInterval(() => window.scrollBy(0, down - up), 16);
    return () => clearInterval(timer);
  }, [down, up]);
}

/** The id of the element or way at a point of the screen; empty: there is none; null: it is not in the picture. */
function under(x: number, y: number): string | null {
  const hits = document.elementsFromPoint(x, y);
  if (!hits.some((hit) => hit.closest(".canvas"))) return null;
  for (const hit of hits) {
    const way = hit.closest<HTMLElement>("[data-way]")?.dataset.way;
    if (way) return way;
    const element = hit.closest<HTMLElement>("[data-element]")?.dataset.element;
    if (element) return element;
    const edge = hit.closest<SVGElement>(".react-flow__edge")?.dataset.id;
    if (edge) return edge;
  }
  return "";
}
