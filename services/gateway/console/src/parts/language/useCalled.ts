import { useQuery } from "@tanstack/react-query";
import { WEBHOOKS, webhookName } from "../webhooks";
import type { Called } from "./sentence";
import { useNames, type Vocabulary } from "./useNames";

/** What the sentences about objects of a type call things. */
export function useCalled(objectTypeId: number): Vocabulary & Called {
  const names = useNames(objectTypeId);
  const webhooks = useQuery(WEBHOOKS).data ?? [];
  return { ...names, webhook: (id) => webhookName(webhooks, id) };
}
