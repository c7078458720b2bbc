/** A map as React Flow draws it: elements as nodes, ways as edges. */

import type { Edge, Node } from "@xyflow/react";
import { type Elements, find, type Way } from "./edits";
import { type Element, type Exit, exitsOf } from "./kinds";
import { HEIGHT, WIDTH } from "./layout";
import { titleOf } from "./words";

export type ElementNode = Node<{ element: Element; exits: Exit[] }, "element">;
export type WayEdge = Edge<{ way: Way; label: string; title: string }, "way">;

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
      data: { element, exits: side(elements, element) },
      selected: id === selected,
      draggable,
      initialWidth: WIDTH,
      initialHeight: HEIGHT,
    };
  });
}

/**
 * The ways out of an element from left to right, as what they lead to stands, so that they do not cross. One that leads to
 * what is not there leads nowhere.
 */
export function side(elements: Elements, element: Element): Exit[] {
  const exits = exitsOf(element).map((exit) => (find(elements, exit.target) ? exit : { ...exit, target: "" }));
  const at = (exit: Exit) => find(elements, exit.target)?.position?.x;
  if (exits.length < 2 || exits.some((exit) => at(exit) === undefined)) return exits;
  return exits.toSorted((one, other) => (at(one) ?? 0) - (at(other) ?? 0));
}

/** Where a way from a height to another runs across: near where ways part, or near where they meet. */
export function bend(from: number, to: number, parts: boolean): number | undefined {
  if (to - from < 64) return undefined;
  return parts ? from + 32 : to - 28;
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
          data: {
            way,
            label: exit.label,
            title: `${titleOf(element)} and ${titleOf(find(elements, exit.target) ?? {})}`,
          },
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
