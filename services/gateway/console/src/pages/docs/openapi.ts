/** The OpenAPI document as far as this page reads it, and what is found in it. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  examples?: unknown[];
  default?: unknown;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema: Schema;
  example?: unknown;
}

export interface Content {
  schema?: Schema;
  example?: unknown;
}

interface Response {
  $ref?: string;
  description?: string;
  content?: Record<string, Content>;
}

interface RawOperation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, Response>;
}

export interface OpenApi {
  info: { version: string };
  tags: { name: string; description?: string }[];
  paths: Record<string, Record<string, RawOperation>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
}

/** One way to call one path. */
export interface Operation extends RawOperation {
  method: string;
  path: string;
  /** What a search looks through, in small letters. */
  words: string;
}

/** The operations of one service, in the order of the document. */
export interface Group {
  name: string;
  title: string;
  description: string;
  api: "ontraport" | "json";
  operations: Operation[];
}

/** Every group of the document that has operations, those of Ontraport's API first. */
export function groupsOf(document: OpenApi): Group[] {
  const groups = new Map<string, Group>(document.tags.map((tag) => [tag.name, groupOf(tag.name, tag.description)]));
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const name = operation.tags[0] ?? "Other";
      const group = groups.get(name) ?? groupOf(name);
      groups.set(name, group);
      group.operations.push(operationOf(method.toUpperCase(), path, operation, group.title));
    }
  }
  return [...groups.values()].filter((group) => group.operations.length > 0);
}

function groupOf(name: string, description = ""): Group {
  const ontraport = name.startsWith("Ontraport: ");
  const title = ontraport
    ? name.slice("Ontraport: ".length)
    : name.replace(/Service$/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ");
  const said = description.startsWith(`${name} `) ? description.slice(name.length + 1) : description;
  return { name, title, description: capital(said), api: ontraport ? "ontraport" : "json", operations: [] };
}

function operationOf(method: string, path: string, operation: RawOperation, group: string): Operation {
  const words = [method, path, operation.summary, operation.operationId, group].join(" ").toLowerCase();
  return { ...operation, method, path, words };
}

/** Those operations in whose words every word of a search stands. */
export function searched(groups: Group[], text: string): Group[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return groups;
  return groups
    .map((group) => ({
      ...group,
      operations: group.operations.filter(({ words }) => wanted.every((word) => words.includes(word))),
    }))
    .filter((group) => group.operations.length > 0);
}

/** The schema that a reference leads to, with the description beside the reference; and the name it has. */
export function resolve(document: OpenApi, schema: Schema): { schema: Schema; name?: string } {
  if (!schema.$ref) return { schema };
  const name = schema.$ref.split("/").at(-1) ?? "";
  const found = document.components.schemas[name] ?? {};
  return { schema: { ...found, description: schema.description ?? found.description }, name };
}

/** The responses with their references followed. */
export function responsesOf(document: OpenApi, operation: Operation): [string, Response][] {
  return Object.entries(operation.responses).map(([status, response]) => {
    const name = response.$ref?.split("/").at(-1);
    return [status, name ? (document.components.responses[name] ?? {}) : response];
  });
}

/** What a schema takes, in a word: `string`, `Subscription`, `list of string`. */
export function typeOf(document: OpenApi, schema: Schema): string {
  if (schema.items) return `list of ${typeOf(document, schema.items)}`;
  const { schema: found, name } = resolve(document, schema);
  if (name) return name;
  if (found.format === "int64") return "number";
  const types = [found.type ?? (found.properties || found.allOf ? "object" : "any")].flat();
  return types.filter((type) => type !== "null").join(" or ");
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);
