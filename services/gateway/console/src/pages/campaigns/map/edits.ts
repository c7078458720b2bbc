/** Changes of a map. Each gives a new list of elements and leaves the one it was given as it is. */

import { type Element, exitsOf, kindOf, type Offer, takesWays, withExit } from "./kinds";

export type Elements = readonly Element[];
export interface Spot {
  x: number;
  y: number;
}
/** A way of an element. */
export interface Way {
  source: string;
  handle: string;
}

/** How far apart elements stand from top to bottom. */
export const ROW = 162;

export const find = (elements: Elements, id: string): Element | undefined => elements.find((each) => each.id === id);

/** An id that no element has: the word, with a number where it is taken. */
export function freshId(elements: Elements, word: string): string {
  const taken = new Set(elements.map((each) => each.id));
  for (let number = 1; ; number++) {
    const id = number === 1 ? word : `${word}-${number}`;
    if (!taken.has(id)) return id;
  }
}

/** A new element of what is offered, on no way yet. */
export function make(elements: Elements, offer: Offer, spot?: Spot): Element {
  return { id: freshId(elements, offer.key), ...offer.make(), ...(spot && { position: rounded(spot) }) };
}

/** Where the next row below the map begins. */
export const bottom = (elements: Elements): number =>
  Math.max(0, ...elements.map((each) => (each.position?.y ?? 0) + ROW));

/** Where the map begins at the left. */
export const left = (elements: Elements): number =>
  elements.length ? Math.min(...elements.map((each) => each.position?.x ?? 0)) : 0;

/** The elements with one of them replaced, known by its id. */
export function replace(elements: Elements, changed: Element): Elements {
  return elements.map((each) => (each.id === changed.id ? changed : each));
}

/** Leads a way elsewhere; an empty target leads it nowhere. What may not be led to changes nothing. */
export function connect(elements: Elements, way: Way, target: string): Elements {
  const source = find(elements, way.source);
  const aim = find(elements, target);
  if (!source || (target && (!aim || !takesWays(aim) || target === way.source))) return elements;
  return replace(elements, withExit(source, way.handle, target));
}

/** Puts an element on a spot of the map, on no way. */
export function place(elements: Elements, offer: Offer, spot: Spot): { elements: Elements; id: string } {
  const made = make(elements, offer, spot);
  return { elements: [...elements, made], id: made.id ?? "" };
}

/**
 * Puts an element into a way: the way leads to it, and its first way leads to where that led. What follows makes room.
 * An entry cannot stand there, since no way leads to one: it is placed beside, and its way leads to where the way leads.
 */
export function insert(elements: Elements, way: Way, offer: Offer, spot?: Spot): { elements: Elements; id: string } {
  const source = find(elements, way.source);
  const exit = source && exitsOf(source).find((each) => each.handle === way.handle);
  if (!source || !exit) return place(elements, offer, spot ?? { x: 0, y: 0 });
  const target = find(elements, exit.target);
  const made = make(elements, offer, spot ?? between(source, target, way));
  const first = exitsOf(made)[0];
  const linked = first && target ? withExit(made, first.handle, exit.target) : made;
  const led = offer.kind === "entry" ? elements : connectTo(elements, source, way, linked.id ?? "");
  return { elements: after(makeRoom(led, linked, target), source.id ?? "", linked), id: linked.id ?? "" };
}

/** Puts an element behind another: into its first way that leads nowhere, or else into its first way. */
export function insertAfter(elements: Elements, id: string, offer: Offer): { elements: Elements; id: string } {
  const source = find(elements, id);
  const exits = source ? exitsOf(source) : [];
  const exit = exits.find((each) => !each.target) ?? exits[0];
  if (exit) return insert(elements, { source: id, handle: exit.handle }, offer);
  return place(elements, offer, { x: source?.position?.x ?? 0, y: bottom(elements) });
}

/** Takes an element off the map: the ways that led to it lead to where its first way led, unless that is itself. */
export function remove(elements: Elements, id: string): Elements {
  const gone = find(elements, id);
  if (!gone) return elements;
  const follows = exitsOf(gone).find((each) => each.target && each.target !== id)?.target ?? "";
  return elements
    .filter((each) => each.id !== id)
    .map((each) =>
      exitsOf(each).reduce(
        (healed, exit) =>
          exit.target === id ? withExit(healed, exit.handle, follows === each.id ? "" : follows) : healed,
        each,
      ),
    );
}

/** Sets a copy of an element beside it, on no way. */
export function duplicate(elements: Elements, id: string): { elements: Elements; id: string } {
  const original = find(elements, id);
  if (!original) return { elements, id: "" };
  const word = kindOf(original) === "entry" ? "entry" : (original.id ?? "").replace(/-\d+$/, "").slice(0, 56);
  const bare = exitsOf(original).reduce((copy, exit) => withExit(copy, exit.handle, ""), structuredClone(original));
  const { x = 0, y = 0 } = original.position ?? {};
  const copy = { ...bare, id: freshId(elements, word), position: rounded({ x: x + 60, y: y + 60 }) };
  return { elements: [...elements, copy], id: copy.id };
}

/** Moves elements to other spots; where none moves, these are the same elements. */
export function move(elements: Elements, spots: ReadonlyMap<string, Spot>): Elements {
  const moved = elements.map((each) => {
    const spot = spots.get(each.id ?? "");
    const { x, y } = rounded(spot ?? { x: 0, y: 0 });
    const stays = !spot || (each.position && (each.position.x ?? 0) === x && (each.position.y ?? 0) === y);
    return stays ? each : { ...each, position: { x, y } };
  });
  return moved.every((each, index) => each === elements[index]) ? elements : moved;
}

function connectTo(elements: Elements, source: Element, way: Way, target: string): Elements {
  return replace(elements, withExit(source, way.handle, target));
}

/** The list order is the order of counts and outlines: a new element stands behind the one it follows. */
function after(elements: Elements, id: string, made: Element): Elements {
  const index = elements.findIndex((each) => each.id === id);
  return [...elements.slice(0, index + 1), made, ...elements.slice(index + 1)];
}

function between(source: Element, target: Element | undefined, way: Way): Spot {
  const { x = 0, y = 0 } = source.position ?? {};
  const exits = exitsOf(source);
  const index = exits.findIndex((each) => each.handle === way.handle);
  const aside = (index - (exits.length - 1) / 2) * 280;
  if (target?.position && exits.length === 1) return { x: ((target.position.x ?? 0) + x) / 2, y: y + ROW };
  return { x: x + aside, y: y + ROW };
}

/** Moves the target of a way and all that stands at its height or below down, where the new element has too little room. */
function makeRoom(elements: Elements, made: Element, target: Element | undefined): Elements {
  const top = target?.position?.y;
  const lack = (made.position?.y ?? 0) + ROW - (top ?? 0);
  // A target above is one that a way leads back to.
  if (top === undefined || lack <= 0 || lack > 2 * ROW) return elements;
  const spots = elements
    .filter((each) => (each.position?.y ?? Number.NEGATIVE_INFINITY) >= top)
    .map((each): [string, Spot] => [each.id ?? "", { x: each.position?.x ?? 0, y: (each.position?.y ?? 0) + lack }]);
  return move(elements, new Map(spots));
}

const rounded = ({ x, y }: Spot): Spot => ({ x: Math.round(x), y: Math.round(y) });
