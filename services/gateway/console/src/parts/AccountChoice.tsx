import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import { useSession } from "../api/session";
import type { ListAccountsResponseJson } from "../gen/hookline/registry/v1/account_pb";

/** The account that an operator works in. */
export function AccountChoice() {
  const { accountId, choose } = useSession();
  const { data } = useQuery({
    queryKey: ["accounts", "choice"],
    queryFn: () => get<ListAccountsResponseJson>("/v1/accounts", { page_size: 1000 }),
  });
  const accounts = (data?.accounts ?? []).map((each) => ({ value: each.id ?? "", label: `${each.id} ${each.name}` }));
  return (
    <Select
      aria-label="Account"
      placeholder="Choose an account"
      searchable
      w={{ base: 120, sm: 200 }}
      data={accounts}
      value={accountId || null}
      onChange={(value) => choose(value ?? "")}
    />
  );
}
