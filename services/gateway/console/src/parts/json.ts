/** JSON laid out for people. */

// Newer than the language's library that TypeScript knows.
interface ExactJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON?(text: string): unknown;
}

/** The text with an indent, digit for digit; as it is where it is no JSON. */
export function prettyJson(text: string): string {
  const json = JSON as unknown as ExactJson;
  const keepDigits = (_key: string, value: unknown, { source }: { source?: string }) =>
    typeof value === "number" && source !== undefined && json.rawJSON && String(value) !== source
      ? json.rawJSON(source)
      : value;
  try {
    return JSON.stringify(json.parse(text, keepDigits), null, 2);
  } catch {
    return text;
  }
}
