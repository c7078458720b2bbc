/** A map as a list, in the order in which contacts come by. */

import { type Elements, find } from "./edits";
import { type Element, exitsOf } from "./kinds";

export interface Line {
  element: Element;
  /** How many ways parted before it. */
  depth: number;
}

/** Every element once, what entries lead to first, each way to its end before the next; last what nothing leads to. */
export function outline(elements: Elements): Line[] {
  const lines: Line[] = [];
  const seen = new Set<string>();
  const walk = (start: string, depth: number) => {
    const todo: [string, number][] = [[start, depth]];
    for (let next = todo.pop(); next; next = todo.pop()) {
      const [id, deep] = next;
      const element = find(elements, id);
      if (!element || seen.has(id)) continue;
      seen.add(id);
      lines.push({ element, depth: deep });
      const exits = exitsOf(element);
      for (const exit of exits.toReversed()) todo.push([exit.target, exits.length > 1 ? deep + 1 : deep]);
    }
  };
  for (const each of elements) if (each.entry) walk(each.id ?? "", 0);
  for (const each of elements) walk(each.id ?? "", 0);
  return lines;
}
