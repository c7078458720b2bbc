/** A map as React Flow draws it: elements as nodes, ways as edges. */

import type { Edge, Node } from "@xyflow/react";
import { type Elements, find, type Way } from "./edits";
import { type Element, exitsOf } from "./kinds";
import { HEIGHT, WIDTH } from "./layout";

export type ElementNode = Node<{ element: Element }, "element">;
export type WayEdge = Edge<{ way: Way; label: string }, "way">;

/** Nodes of a map; those that are known already keep what React Flow measured of them. */
export function nodesOf(
  elements: Elements,
  known: readonly ElementNode[],
  selected: string,
  draggable: boolean,
): ElementNode[] {
  const before = new Map(known.map((node) => [node.id, node]));
  return elements.map((element) => {
    const id = element.id ?? "";
    const { x = 0, y = 0 } = element.position ?? {};
    return {
      ...before.get(id),
      id,
      type: "element" as const,
      position: { x, y },
      data: { element },
      selected: id === selected,
      draggable,
      initialWidth: WIDTH,
      initialHeight: HEIGHT,
    };
  });
}

/** Edges of a map: a way that leads nowhere has none. */
export function edgesOf(elements: Elements, selected: string): WayEdge[] {
  return elements.flatMap((element) =>
    exitsOf(element)
      .filter((exit) => find(elements, exit.target))
      .map((exit) => {
        const way = { source: element.id ?? "", handle: exit.handle };
        const id = edgeId(way);
        return {
          id,
          type: "way" as const,
          source: way.source,
          sourceHandle: way.handle,
          target: exit.target,
          data: { way, label: exit.label },
          selected: id === selected,
        };
      }),
  );
}

/** The id of the edge of a way. Ids of elements hold no colon. */
export const edgeId = ({ source, handle }: Way): string => `${source}:${handle}`;

/** The way of an edge. */
export function wayOf(id: string): Way {
  const [source = "", handle = ""] = id.split(":");
  return { source, handle };
}
