import { useSession } from "../api/session";

/** Whether the key that signed in may do this: `MANAGE`, `PUBLISH`, `READ` or `ADMIN`. */
export function useMay(scope: string): boolean {
  return useSession().caller?.scopes.some((each) => each.replace("SCOPE_", "") === scope) ?? false;
}
