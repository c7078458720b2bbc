/** Performs a request with the key of the tab, and keeps what came of it while it comes. */

import { useCallback, useEffect, useRef, useState } from "react";
import { currentKeys, keyHeaders } from "../../parts/keys";
import type { Request } from "./request";

/** What was sent and what has come so far. */
export interface Exchange {
  request: Request;
  /** The headers of the key, as they may be shown. */
  shownKey: Record<string, string>;
  state: "asking" | "coming" | "done" | "stopped" | "failed";
  status?: number;
  statusText?: string;
  headers: [string, string][];
  text: string;
  /** Whether more came than is kept. */
  cut: boolean;
  milliseconds?: number;
  failure?: string;
}

const MOST_TEXT = 400_000;
// Often enough to look alive, and seldom enough that a stream of thousands of lines a second can be read.
const SHOWN_EVERY_MS = 100;

/** The last exchange of an operation, with the functions that begin one and end it. */
export function useExchange(): [Exchange | null, (request: Request) => void, () => void] {
  const [exchange, setExchange] = useState<Exchange | null>(null);
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => running.current?.abort(), []);
  useEffect(() => stop, [stop]);
  const send = useCallback((request: Request) => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    // One that was replaced says no more.
    const tell = (next: Exchange) => {
      if (running.current === controller) setExchange(next);
    };
    void perform(request, controller.signal, tell);
  }, []);
  return [exchange, send, stop];
}

async function perform(request: Request, signal: AbortSignal, tell: (next: Exchange) => void): Promise<void> {
  const begun = performance.now();
  let now: Exchange = { request, shownKey: masked(), state: "asking", headers: [], text: "", cut: false };
  const change = (part: Partial<Exchange>) => {
    now = { ...now, ...part };
    tell(now);
  };
  change({});
  try {
    const answer = await fetch(request.target, {
      method: request.method,
      headers: { ...request.headers, ...keyHeaders() },
      body: request.body,
      // The key of the fields alone says who calls, whoever is signed in to the console.
      credentials: "omit",
      cache: "no-store",
      signal,
    });
    change({ state: "coming", status: answer.status, statusText: answer.statusText, headers: [...answer.headers] });
    await read(answer, change);
    change({ state: "done", milliseconds: performance.now() - begun });
  } catch (error) {
    if (signal.aborted) change({ state: "stopped", milliseconds: performance.now() - begun });
    else change({ state: "failed", failure: why(error) });
  }
}

async function read(answer: Response, change: (part: Partial<Exchange>) => void): Promise<void> {
  let text = "";
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    waiting = undefined;
    change({ text: text.slice(-MOST_TEXT), cut: text.length > MOST_TEXT });
  };
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
      text = (text + part.value).slice(-MOST_TEXT - 1);
      waiting ??= setTimeout(tell, SHOWN_EVERY_MS);
    }
  } finally {
    clearTimeout(waiting);
    tell();
  }
}

/** The key as it may stand on a screen that others see: enough of it to tell which. */
function masked(): Record<string, string> {
  const { key, appid } = currentKeys();
  const headers: Record<string, string> = {};
  if (key) headers["Api-Key"] = `${key.slice(0, 10)}…`;
  if (appid) headers["Api-Appid"] = appid;
  return headers;
}

function why(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return said === "Failed to fetch" ? "Hookline did not answer." : `The request could not be sent: ${said}`;
}
