/** Calls of the JSON API with the session's cookie. Paths and fields are those of the protos; answers are typed by them. */

export interface Violation {
  field: string;
  description: string;
}

interface Detail {
  "@type"?: string;
  field_violations?: Violation[];
  reason?: string;
  /** In some refusals `field` is the one that another thing has the same value in already. */
  metadata?: Record<string, string>;
}

/** What the API refused: an HTTP status, a message in words, and each field that is wrong. */
export class ApiError extends Error {
  readonly violations: Violation[];
  readonly reason: string;

  constructor(
    readonly status: number,
    message: string,
    details: Detail[] = [],
  ) {
    super(message);
    const taken = details.flatMap(({ metadata }) =>
      metadata?.field ? [{ field: metadata.field, description: message }] : [],
    );
    this.violations = [...details.flatMap((detail) => detail.field_violations ?? []), ...taken];
    this.reason = details.find((detail) => detail.reason)?.reason ?? "";
  }

  /** Whether it only waits for a service, or for Hookline itself, to come back. */
  get away(): boolean {
    return [0, 502, 503, 504].includes(this.status);
  }
}

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

interface Options {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal;
}

/** The account that an operator works in; an account key needs none. */
let account = "";

/** Names the account that every later call is for; empty: that of the key. */
export function actFor(accountId: string): void {
  account = accountId;
}

// What is the same for every account.
const ofNoAccount = ["/v1/caller", "/v1/plugins", "/v1/dispatcher/plugins"];

/** Whether a call names the account that an operator works in: those about accounts themselves name theirs. */
function named(path: string): boolean {
  return account !== "" && path.startsWith("/v1/") && !path.startsWith("/v1/accounts") && !ofNoAccount.includes(path);
}

/** The address of an operation with its parameters, those that are undefined left out. */
export function address(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== undefined && each !== "") parameters.append(name, String(each));
    }
  }
  if (named(path) && !parameters.has("account_id")) parameters.set("account_id", account);
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/** Performs one operation. Rejects with an ApiError. */
export async function call<Answer>(method: Method, path: string, options: Options = {}): Promise<Answer> {
  return _json(await _ask(method, path, options)) as Answer;
}

async function _ask(method: Method, path: string, { query, body, signal }: Options): Promise<string> {
  const headers: Record<string, string> = { "x-hookline-console": "1" };
  if (body !== undefined) headers["content-type"] = "application/json";
  // An operation with a body takes all its fields there.
  const target = body === undefined ? address(path, query) : path;
  let answer: Response;
  try {
    answer = await fetch(target, { method, headers, body: body === undefined ? undefined : _text(path, body), signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "Hookline does not answer");
  }
  const text = await answer.text();
  if (answer.ok) return text;
  const status = _json(text) as { message?: string; details?: Detail[] } | undefined;
  throw new ApiError(answer.status, status?.message ?? (text || answer.statusText), status?.details);
}

function _text(path: string, body: unknown): string {
  const whole = named(path) && typeof body === "object" ? { account_id: account, ...body } : body;
  return JSON.stringify(whole);
}

function _json(text: string): unknown {
  try {
    return text ? JSON.parse(text) : undefined;
  } catch {
    return undefined;
  }
}

export const get = <Answer>(path: string, query?: Query, signal?: AbortSignal) =>
  call<Answer>("GET", path, { query, signal });
/** The answer as it came: numbers in it are not yet rounded to those of a script. */
export const getText = (path: string, query?: Query) => _ask("GET", path, { query });
export const post = <Answer>(path: string, body: unknown = {}) => call<Answer>("POST", path, { body });
export const patch = <Answer>(path: string, body: unknown) => call<Answer>("PATCH", path, { body });
export const remove = <Answer>(path: string, query?: Query) => call<Answer>("DELETE", path, { query });
