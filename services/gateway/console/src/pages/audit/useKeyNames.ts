import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { ListKeysResponseJson } from "../../gen/hookline/registry/v1/account_pb";

/** What the keys of the account are called, by their application ids. */
export function useKeyNames(): ReadonlyMap<string, string> {
  const { accountId } = useSession();
  const { data } = useQuery({
    queryKey: ["keys", accountId, "names"],
    queryFn: async () => {
      const { keys = [] } = await get<ListKeysResponseJson>("/v1/keys", { page_size: 1000 });
      return new Map(keys.map(({ application_id = "", name = "" }) => [application_id, name]));
    },
    enabled: accountId !== "",
    staleTime: 60_000,
  });
  return data ?? new Map();
}
