/** Bodies taken apart into named values. */

interface Named {
  name: string;
  value: string;
}

/** The values of a form, or those of a JSON object by their paths; null for anything else. */
export function decoded(contentType: string, text: string): Named[] | null {
  if (!text) return null;
  if (contentType.startsWith("application/x-www-form-urlencoded")) {
    return Array.from(new URLSearchParams(text), ([name, value]) => ({ name, value }));
  }
  if (!/[/+]json\b/.test(contentType)) return null;
  try {
    return leaves(JSON.parse(text), "");
  } catch {
    return null;
  }
}

function leaves(value: unknown, path: string): Named[] {
  if (value === null || typeof value !== "object") return [{ name: path || "(value)", value: String(value) }];
  const entries = Object.entries(value);
  if (entries.length === 0) return [{ name: path || "(value)", value: Array.isArray(value) ? "[]" : "{}" }];
  return entries.flatMap(([key, inner]) =>
    leaves(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key),
  );
}
