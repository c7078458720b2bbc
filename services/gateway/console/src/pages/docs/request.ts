/** What a person filled in, made into a request; and the same as a command. */

import type { Operation, Parameter } from "./openapi";

/** The fields of one operation: parameters by place and name, and the body in the media type that was chosen. */
export interface Inputs {
  parameters: Record<string, string[]>;
  mediaType: string;
  /** The body as text; of a form, its fields. */
  text: string;
  fields: Record<string, string>;
}

/** A request without the key. */
export interface Request {
  method: string;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  body?: string;
}

export const FORM = "application/x-www-form-urlencoded";
const KEY_VARIABLES = { "Api-Key": "$API_KEY", "Api-Appid": "$API_APPID" };

export const placeOf = (parameter: Parameter) => `${parameter.in}:${parameter.name}`;

/** The fields of an operation as they are to begin with: what it needs filled with examples, the rest left out. */
export function freshInputs(operation: Operation): Inputs {
  const parameters: Inputs["parameters"] = {};
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === "path" || parameter.required) parameters[placeOf(parameter)] = [exampleOf(parameter)];
  }
  const mediaType = Object.keys(operation.requestBody?.content ?? {})[0] ?? "";
  return { parameters, mediaType, ...bodyIn(operation, mediaType) };
}

/** The example of the body in a media type. */
export function bodyIn(operation: Operation, mediaType: string): Pick<Inputs, "text" | "fields"> {
  const example = operation.requestBody?.content[mediaType]?.example;
  if (mediaType === FORM) return { text: "", fields: fieldsOf(example) };
  if (mediaType === "") return { text: "", fields: {} };
  return { text: typeof example === "string" ? example : JSON.stringify(example ?? {}, null, 2), fields: {} };
}

function fieldsOf(example: unknown): Record<string, string> {
  const pairs = typeof example === "object" && example ? Object.entries(example) : [];
  return Object.fromEntries(
    pairs.map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

/** What may be written into a parameter: an example of the document, or what its name and type suggest. */
export function exampleOf(parameter: Parameter): string {
  const known = parameter.example ?? parameter.schema.examples?.[0];
  if (known !== undefined) return typeof known === "string" ? known : JSON.stringify(known);
  return /(^|[._])(id|number)$/.test(parameter.name) ? "1" : "";
}

/** The request that the fields ask for; `missing` names the parameters without which there is none. */
export function requestOf(operation: Operation, inputs: Inputs): { request: Request; missing: string[] } {
  const missing: string[] = [];
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  let path = operation.path;
  for (const parameter of operation.parameters ?? []) {
    const values = (inputs.parameters[placeOf(parameter)] ?? []).filter((value) => value !== "");
    if (values.length === 0 && (parameter.in === "path" || parameter.required)) missing.push(placeOf(parameter));
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(values[0] ?? ""));
    else if (parameter.in === "header") Object.assign(headers, values[0] && { [parameter.name]: values[0] });
    else for (const value of values) query.append(parameter.name, value);
  }
  const body = inputs.mediaType ? bodyOf(inputs) : undefined;
  if (body !== undefined) headers["Content-Type"] = inputs.mediaType;
  const target = query.size > 0 ? `${path}?${query}` : path;
  return { request: { method: operation.method, target, headers, body }, missing };
}

function bodyOf({ mediaType, text, fields }: Inputs): string | undefined {
  if (mediaType !== FORM) return text.trim() ? text : undefined;
  return new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== "")).toString();
}

/** The request as a command. The key stands in it as a variable: what is copied is often pasted where others read it. */
export function curlOf({ method, target, headers, body }: Request, streams: boolean): string {
  const words = [
    `curl ${streams ? "-N " : ""}${method === "GET" ? "" : `-X ${method} `}${quoted(location.origin + target)}`,
  ];
  for (const [name, variable] of Object.entries(KEY_VARIABLES)) words.push(`-H "${name}: ${variable}"`);
  for (const [name, value] of Object.entries(headers)) words.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) words.push(`--data-binary ${quoted(body)}`);
  return words.join(" \\\n  ");
}

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
