/** Where elements stand in the picture when nobody put them anywhere, by dagre: from top to bottom, as contacts go. */

import dagre from "@dagrejs/dagre";
import { type Elements, find, move, ROW, type Spot } from "./edits";
import { exitsOf } from "./kinds";

export const WIDTH = 232;
export const HEIGHT = 100;

/** The elements, each with a place that dagre gave it. The same map is laid out the same way each time. */
export function tidy(elements: Elements): Elements {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 48, ranksep: ROW - HEIGHT, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const each of elements) graph.setNode(each.id ?? "", { width: WIDTH, height: HEIGHT });
  for (const each of elements) {
    for (const exit of exitsOf(each)) {
      if (find(elements, exit.target)) graph.setEdge(each.id ?? "", exit.target, {}, exit.handle);
    }
  }
  dagre.layout(graph);
  return move(
    elements,
    new Map(elements.map((each): [string, Spot] => [each.id ?? "", corner(graph.node(each.id ?? ""))])),
  );
}

const corner = ({ x, y }: Spot): Spot => ({ x: x - WIDTH / 2, y: y - HEIGHT / 2 });

/** The elements, those without a place set below what leads to them; where none has a place all are laid out. */
export function placed(elements: Elements): Elements {
  if (elements.every((each) => each.position)) return elements;
  if (!elements.some((each) => each.position)) return tidy(elements);
  return elements.reduce<Elements>((known, each) => {
    if (each.position) return known;
    const before = known.find((other) => other.position && exitsOf(other).some((exit) => exit.target === each.id));
    const { x = 0, y = -ROW } = before?.position ?? {};
    return move(known, new Map([[each.id ?? "", free(known, { x, y: y + ROW })]]));
  }, elements);
}

/** The nearest spot to the right of one where nothing stands. */
export function free(elements: Elements, spot: Spot): Spot {
  const hit = elements.some(
    ({ position }) =>
      position && Math.abs((position.x ?? 0) - spot.x) < WIDTH && Math.abs((position.y ?? 0) - spot.y) < HEIGHT,
  );
  return hit ? free(elements, { x: spot.x + WIDTH + 48, y: spot.y }) : spot;
}

/** The part of the picture that is seen first: its beginning, as wide as it goes while words can be read. */
export function opening(bounds: { x: number; y: number; width: number }, width: number) {
  const zoom = Math.min(0.9, Math.max(0.62, (width - 40) / Math.max(bounds.width, 1)));
  return { x: (width - bounds.width * zoom) / 2 - bounds.x * zoom, y: 24 - bounds.y * zoom, zoom };
}
