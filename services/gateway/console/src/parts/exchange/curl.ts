/** A request as a command for a shell. */

import type { AttemptRequestJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { readBody } from "./bodies";

// curl sets these by itself, and right for what it sends.
const own = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding"]);

/** One word of a POSIX shell, whatever it holds. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The command that repeats a request; null where its body is not text. */
export function asCurl(request: AttemptRequestJson): string | null {
  // A shell sends what it is given as UTF-8, whatever the body says of itself.
  const { text } = readBody(request.body, []);
  if (text === undefined) return null;
  const lines = [`curl -X ${request.method} ${quoted(request.url ?? "")}`];
  for (const { name = "", value = "" } of request.headers ?? []) {
    if (!own.has(name.toLowerCase())) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  if (text) lines.push(`--data-raw ${quoted(text)}`);
  return lines.join(" \\\n  ");
}
