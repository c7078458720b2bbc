/** Calls with the key that was typed into the Live Doc, where there is one; else with the session. */

import { ApiError, call } from "../api/client";
import { currentKeys, keyHeaders } from "./keys";

/** Performs one operation with the key of the tab alone. Rejects with an ApiError. */
export async function callWithKey<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  const headers: Record<string, string> = keyHeaders();
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "omit",
    });
  } catch (error) {
    throw new ApiError(0, error instanceof TypeError ? "Hookline does not answer." : String(error));
  }
  const parsed = await answer.json().catch(() => undefined);
  if (answer.ok) return parsed as Answer;
  throw new ApiError(answer.status, parsed?.message ?? answer.statusText, parsed?.details);
}

/** Performs one operation with the key of the tab, or with the session where none was typed. */
export function callAsWhoeverIsHere<Answer>(method: "PUT" | "DELETE", path: string, body?: unknown): Promise<Answer> {
  return currentKeys().key ? callWithKey<Answer>(method, path, body) : call<Answer>(method, path, { body });
}
