/** Server-sent events of the API, for pages that update by themselves. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { address, type Query } from "./client";
import { useSession } from "./session";

export type Connection = "connecting" | "live" | "away";

/**
 * Follows a stream for as long as the component is shown; the browser comes back by itself, with the last event's id.
 * `onEvent` gets the parsed data of each event. Without a path nothing is followed.
 */
export function useLive<Data>(path: string | null, onEvent: (data: Data) => void, query: Query = {}): Connection {
  const queries = useQueryClient();
  const { over } = useSession();
  const [connection, setConnection] = useState<Connection>("connecting");
  const handler = useRef(onEvent);
  handler.current = onEvent;
  // Nobody is told anything until they have signed in again.
  const target = path === null || over ? null : address(path, query);
  useEffect(() => {
    if (target === null) return;
    let source: EventSource;
    let again: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      source = new EventSource(target);
      source.onopen = () => setConnection("live");
      source.onmessage = (event) => handler.current(JSON.parse(event.data) as Data);
      source.onerror = () => {
        setConnection("away");
        if (source.readyState !== EventSource.CLOSED) return;
        // After an answer that is no stream, such as 503, a browser gives up: it is asked anew here. Which answer it was
        // it does not tell; whether somebody is still signed in, the session does.
        void queries.invalidateQueries({ queryKey: ["session"] });
        again = setTimeout(open, 3000);
      };
    };
    open();
    return () => {
      clearTimeout(again);
      source.close();
    };
  }, [target, queries]);
  return connection;
}
