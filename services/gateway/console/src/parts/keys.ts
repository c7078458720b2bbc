/** The API key that a person typed into the Live Doc: kept in the memory of this tab alone, and gone with it. */

import { useSyncExternalStore } from "react";

export interface Keys {
  key: string;
  appid: string;
}

let keys: Keys = { key: "", appid: "" };
const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The key as it is now, for what is done once. */
export const currentKeys = (): Keys => keys;

/** Replaces a part of it. */
export function setKeys(change: Partial<Keys>): void {
  keys = { ...keys, ...change };
  for (const listener of listeners) listener();
}

/** The key, and whether both halves are there. */
export function useKeys(): Keys & { complete: boolean } {
  const { key, appid } = useSyncExternalStore(listen, currentKeys);
  return { key, appid, complete: key !== "" && appid !== "" };
}

/** The headers that show it. */
export function keyHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  if (keys.key) headers["Api-Key"] = keys.key;
  if (keys.appid) headers["Api-Appid"] = keys.appid;
  return headers;
}
