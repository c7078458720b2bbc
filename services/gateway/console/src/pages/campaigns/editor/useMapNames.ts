import { useQuery } from "@tanstack/react-query";
import { useNames, type Vocabulary } from "../../../parts/language/useNames";
import { WEBHOOKS } from "../../../parts/webhooks";
import type { MapNames } from "../map/words";

/** What the account calls the fields of a type of object, its campaigns and its webhooks. */
export function useMapNames(objectTypeId: number): Vocabulary & MapNames {
  const vocabulary = useNames(objectTypeId);
  const webhooks = useQuery(WEBHOOKS);
  return {
    ...vocabulary,
    webhook(id) {
      const found = webhooks.data?.find((each) => each.id === id);
      return found?.name || found?.url || `Webhook ${id}`;
    },
  };
}
