/** A map as a list, in the order in which contacts come by. */

import { type Elements, find } from "./edits";
import { type Element, exitsOf } from "./kinds";

export interface Line {
  element: Element;
  /** How many ways parted before it and have not met again. */
  depth: number;
}

/**
 * Every element once: each behind all that lead to it, but for ways that lead back; of ways that part the first to its end
 * before the next. Last comes what no entry leads to.
 */
export function outline(elements: Elements): Line[] {
  const order = inOrder(elements);
  const depths = new Map<string, number>();
  return order.map((element) => {
    const before = order.slice(0, order.indexOf(element)).flatMap((each) => {
      const exits = exitsOf(each).filter((exit) => exit.target === element.id);
      const depth = (depths.get(each.id ?? "") ?? 0) + (exitsOf(each).length > 1 ? 1 : 0);
      return exits.map(() => depth);
    });
    const depth = before.length > 1 ? Math.max(0, Math.min(...before) - 1) : (before[0] ?? 0);
    depths.set(element.id ?? "", depth);
    return { element, depth };
  });
}

function inOrder(elements: Elements): Element[] {
  const found: Element[] = [];
  const seen = new Set<string>();
  const visit = (element: Element) => {
    if (seen.has(element.id ?? "")) return;
    seen.add(element.id ?? "");
    for (const exit of exitsOf(element).toReversed()) {
      const next = find(elements, exit.target);
      if (next) visit(next);
    }
    found.unshift(element);
  };
  const [starts, others] = [elements.filter((each) => each.entry), elements.filter((each) => !each.entry)];
  // What is visited later comes first, so what nothing leads to is set apart.
  for (const each of starts.toReversed()) visit(each);
  const reached = found.splice(0);
  for (const each of others.toReversed()) visit(each);
  return [...reached, ...found];
}
