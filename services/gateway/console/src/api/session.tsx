/** Who is signed in, and for which account an operator works. */

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { FeatureSwitchesJson, PlanJson, ScopeJson } from "../gen/hookline/registry/v1/account_pb";
import { ApiError, actFor, call, get } from "./client";

/** What `GET /session` answers. */
export interface Caller {
  kind: "account" | "operator";
  /** The account that the key acts for; `0` for an operator. */
  account_id: string;
  account_name: string;
  application_id: string;
  key_id: string;
  key_name: string;
  scopes: ScopeJson[];
  plan: PlanJson | null;
  features: FeatureSwitchesJson | null;
  /** When the session is over. */
  expire_time: string;
}

interface Session {
  caller: Caller | null;
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

async function whoAmI(): Promise<Caller | null> {
  try {
    return await get<Caller>("/session");
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const { data, isPending, error, failureReason } = useQuery({
    queryKey: ["session"],
    queryFn: whoAmI,
    staleTime: 60_000,
  });
  const [chosen, setChosen] = useState("");
  const session = useMemo<Session>(() => {
    const caller = data ?? null;
    const accountId = caller?.kind === "operator" ? chosen : (caller?.account_id ?? "");
    actFor(caller?.kind === "operator" ? chosen : "");
    // The session's own query stays: what shows it would not hear of another that takes its place.
    const forget = () => queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "session" });
    return {
      caller,
      pending: isPending,
      // While it is asked again there is no error yet, only a reason why it was.
      error: error ?? failureReason,
      accountId,
      choose(next) {
        actFor(next);
        setChosen(next);
        forget();
      },
      async signIn(key, appid) {
        await call("POST", "/session", { body: { api_key: key, api_appid: appid } });
        forget();
        await queries.fetchQuery({ queryKey: ["session"], queryFn: whoAmI, staleTime: 0 });
      },
      async signOut() {
        await call("DELETE", "/session");
        actFor("");
        setChosen("");
        forget();
        queries.setQueryData(["session"], null);
      },
    };
  }, [data, isPending, error, failureReason, chosen, queries]);
  return <SessionContext.Provider value={session}>{children}</SessionContext.Provider>;
}
