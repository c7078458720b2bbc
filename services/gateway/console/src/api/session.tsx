/** The session of the page, and for which account an operator works. */

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { type Caller, callerQuery, isSame, useCaller } from "./caller";
import { actFor, call } from "./client";

export type { Caller };

interface Session {
  /** Who is signed in, or was until the session was over. */
  caller: Caller | null;
  /** Whether the caller has to sign in again. */
  over: boolean;
  /** Whether it is not known yet who is signed in. */
  pending: boolean;
  /** Why it cannot be known: the gateway or the registry is away. */
  error: Error | null;
  /** The account that is worked in: the key's own, or the one that an operator chose. */
  accountId: string;
  choose(accountId: string): void;
  signIn(key: string, appid: string): Promise<void>;
  signOut(): Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

/** The session of the page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("no session around this");
  return session;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { caller, over, pending, error } = useCaller();
  const [chosen, setChosen] = useState("");
  const session = useMemo<Session>(() => {
    const operator = caller?.kind === "operator";
    actFor(operator ? chosen : "");
    // The session's own query stays: what shows it would not hear of another that takes its place.
    const forget = () => queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    const choose = (next: string) => {
      actFor(next);
      setChosen(next);
      forget();
    };
    return {
      caller,
      over,
      pending,
      error,
      accountId: operator ? chosen : (caller?.account_id ?? ""),
      choose,
      async signIn(key, appid) {
        await call("POST", "/session", { body: { api_key: key, api_appid: appid } });
        const next = await queries.fetchQuery({ ...callerQuery, staleTime: 0 });
        if (!over || !isSame(next, caller)) choose("");
      },
      async signOut() {
        await call("DELETE", "/session");
        // Loaded anew, the page has nothing of the account in its memory.
        window.location.assign("/sign-in");
      },
    };
  }, [caller, over, pending, error, chosen, queries]);
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
