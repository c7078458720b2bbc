/** Bytes that the API answers with in base64. */

export interface Shown {
  /** The bytes as text, or in hex where they are none. */
  text: string;
  binary: boolean;
}

/** A body as a person reads it: text where it is UTF-8, else its first bytes in hex. */
export function shownBytes(base64?: string): Shown {
  const bytes = Uint8Array.from(atob(base64 ?? ""), (character) => character.charCodeAt(0));
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // A text with a NUL is no text to anybody who looks at it.
    if (!text.includes("\0")) return { text, binary: false };
  } catch {
    // Shown in hex below.
  }
  const hex = Array.from(bytes.slice(0, 512), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return { text: hex + (bytes.length > 512 ? " …" : ""), binary: true };
}
