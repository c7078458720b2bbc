/** A request as a command that sends it again. */

import type { AttemptRequestJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { readBody } from "./bodies";

// curl makes these itself, from what it sends.
const made = new Set(["host", "content-length", "connection", "transfer-encoding", "accept-encoding"]);

/** The request as a curl command for a POSIX shell. Secrets are masked in it, as they are wherever a request is shown. */
export function asCurl(request: AttemptRequestJson): string {
  const headers = request.headers ?? [];
  const parts = [`curl -i -X ${request.method} ${quoted(request.url ?? "")}`];
  for (const { name = "", value = "" } of headers) {
    if (!made.has(name.toLowerCase())) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  const body = readBody(request.body, headers);
  if (body.kind === "binary")
    return `printf %s ${request.body} | base64 -d |\n  ${[...parts, "--data-binary @-"].join(" \\\n    ")}`;
  if (body.text) parts.push(`--data-raw ${quoted(body.text)}`);
  return parts.join(" \\\n  ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
