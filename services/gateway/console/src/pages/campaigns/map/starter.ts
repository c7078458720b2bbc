/** The map that a new campaign begins with: whole but for what only its author knows. */

import type { Element } from "./kinds";

/** Contacts come in, have their data sent, and leave. */
export const starter = (): Element[] => [
  { id: "start", name: "", entry: { triggers: [{ event: "sub_tag", params: {} }] }, next: "webhook" },
  { id: "webhook", webhook: {}, next: "end" },
  { id: "end", end: {} },
];
