/** JSON for people. No value is made of it, so that numbers stay digit for digit: a script would round the long ones. */

const TOKENS = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g;

/** JSON with an indent; undefined: it is not JSON. */
export function asJson(text: string): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return indented(text.match(TOKENS) ?? []);
}

/** The text with an indent; as it is where it is no JSON. */
export const prettyJson = (text: string): string => asJson(text) ?? text;

/** The member of a JSON object that a path of names leads to, with an indent; undefined: there is none. */
export function memberOf(text: string, path: readonly string[]): string | undefined {
  const tokens = text.match(TOKENS) ?? [];
  let at: number | undefined = 0;
  for (const name of path) {
    at = at === undefined ? undefined : memberAt(tokens, at, name);
  }
  return at === undefined ? undefined : indented(tokens.slice(at, endOf(tokens, at)));
}

/** Where the value of a member begins, in the object that begins at a place. */
function memberAt(tokens: readonly string[], object: number, name: string): number | undefined {
  if (tokens[object] !== "{") return undefined;
  let at = object + 1;
  while (at < tokens.length && tokens[at] !== "}") {
    if (JSON.parse(tokens[at] ?? "") === name) return at + 2;
    at = endOf(tokens, at + 2);
    if (tokens[at] === ",") at += 1;
  }
  return undefined;
}

/** Behind the value that begins at a place. */
function endOf(tokens: readonly string[], begin: number): number {
  let depth = 0;
  for (let at = begin; at < tokens.length; at += 1) {
    const token = tokens[at] ?? "";
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

function indented(tokens: readonly string[]): string {
  let depth = 0;
  let text = "";
  for (const [at, token] of tokens.entries()) {
    const opens = token === "{" || token === "[";
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    if (closes && !/^[[{]$/.test(tokens[at - 1] ?? "")) text += line(depth);
    text += token;
    if (opens) depth += 1;
    if (token === ",") text += line(depth);
    if (token === ":") text += " ";
    if (opens && !/^[\]}]$/.test(tokens[at + 1] ?? "")) text += line(depth);
  }
  return text;
}

const line = (depth: number) => `\n${"  ".repeat(depth)}`;
