/** What a change came to, field by field. */

import type { StructJson } from "@bufbuild/protobuf/wkt";

/** A field by its path, such as `settle.quiet`, with its value before and after as JSON; undefined: it was not there. */
export interface Change {
  path: string;
  before?: string;
  after?: string;
}

// What changes with every write and says nothing of it.
const OF_EVERY_WRITE = new Set(["etag", "update_time"]);

/** The fields in which two states of a resource differ, in the order in which they stand. */
export function changesOf(before: StructJson, after: StructJson): Change[] {
  const [was, is] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .filter((path) => !OF_EVERY_WRITE.has(path) && was.get(path) !== is.get(path))
    .map((path) => ({ path, before: was.get(path), after: is.get(path) }));
}

/** Lists are compared whole: their items have no names by which two of them were the same. */
function leavesOf(value: StructJson, at = ""): Map<string, string> {
  const leaves = new Map<string, string>();
  for (const [name, inner] of Object.entries(value)) {
    const path = at ? `${at}.${name}` : name;
    if (inner && typeof inner === "object" && !Array.isArray(inner)) {
      for (const [below, leaf] of leavesOf(inner, path)) leaves.set(below, leaf);
    } else leaves.set(path, JSON.stringify(inner));
  }
  return leaves;
}
