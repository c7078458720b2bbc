/** Bodies of requests and responses, which come as base64: read as text, and decoded by what they are. */

import type { HttpHeaderJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";

/** A body as it can be shown. */
export interface Body {
  size: number;
  /** The text; undefined: it is binary. */
  text?: string;
  kind: "form" | "json" | "xml" | "text" | "binary" | "none";
}

/** Reads a body; what it is comes from its content type, and where there is none from its beginning. */
export function readBody(base64: string | undefined, headers: readonly HttpHeaderJson[], cut = false): Body {
  const bytes = Uint8Array.from(atob(base64 ?? ""), (letter) => letter.charCodeAt(0));
  if (!bytes.length) return { size: 0, text: "", kind: "none" };
  const type = headerOf(headers, "content-type").toLowerCase();
  const text = textOf(bytes, /charset="?([\w-]+)/.exec(type)?.[1] ?? "utf-8", cut);
  if (text === undefined) return { size: bytes.length, kind: "binary" };
  return { size: bytes.length, text, kind: kindOf(type, text) };
}

/** The value of a header, empty where it is not there. */
export function headerOf(headers: readonly HttpHeaderJson[], name: string): string {
  return headers.find((header) => header.name?.toLowerCase() === name)?.value ?? "";
}

/** Headers as names with their values. */
export function pairsOf(headers: readonly HttpHeaderJson[]): [name: string, value: string][] {
  return headers.map(({ name = "", value = "" }) => [name, value]);
}

/** The first bytes of a binary body as a person reads them: eight to a line, beside the letters that they are. */
export function asHex(base64: string, most = 512): string {
  const bytes = Array.from(atob(base64).slice(0, most), (letter) => letter.charCodeAt(0));
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 8) {
    const some = bytes.slice(at, at + 8);
    const hex = some.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = some.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(4, "0")}  ${hex.padEnd(23)}  ${letters}`);
  }
  return lines.join("\n");
}

/** The fields of a form in their order; one that comes twice stands there twice. */
export function asForm(text: string): [name: string, value: string][] {
  return [...new URLSearchParams(text)];
}

/** XML with an indent; undefined: it is not well-formed. */
export function asXml(text: string): string | undefined {
  const parsed = new DOMParser().parseFromString(text, "application/xml");
  if (parsed.querySelector("parsererror")) return undefined;
  const parts = text.replace(/>\s+</g, "><").match(/<[^>]+>|[^<]+/g) ?? [];
  let depth = 0;
  let line = "";
  const lines: string[] = [];
  for (const [at, part] of parts.entries()) {
    const closes = part.startsWith("</");
    const opens = /^<[^!?/]/.test(part) && !part.endsWith("/>");
    if (closes) depth -= 1;
    if (!line) line = "  ".repeat(depth);
    line += part;
    if (opens) depth += 1;
    // An element that holds only text stays on one line.
    const next = parts[at + 1] ?? "";
    const holdsText = (opens && (!next.startsWith("<") || next.startsWith("</"))) || !part.startsWith("<");
    if (!holdsText || !next) {
      lines.push(line);
      line = "";
    }
  }
  return lines.join("\n");
}

/** A number of bytes in the unit that suits it. */
export function bytesInWords(size: number): string {
  if (size < 1024) return `${size} bytes`;
  return size < 1_048_576 ? `${(size / 1024).toFixed(1)} KiB` : `${(size / 1_048_576).toFixed(1)} MiB`;
}

function textOf(bytes: Uint8Array, charset: string, cut: boolean): string | undefined {
  try {
    // A body that was cut may end within a letter.
    const text = decoder(charset).decode(bytes, { stream: cut });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what tells bytes from a text
    return /[\x00-\x08\x0e-\x1a]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function decoder(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    // A name that nobody knows.
    return new TextDecoder("utf-8", { fatal: true });
  }
}

function kindOf(type: string, text: string): Body["kind"] {
  if (type.includes("form-urlencoded")) return "form";
  if (type.includes("json") || (!type && /^\s*[[{]/.test(text))) return "json";
  if (/xml/.test(type) || (!type && /^\s*<\?xml/.test(text))) return "xml";
  return "text";
}
