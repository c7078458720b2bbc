/** Object types and the labels of their fields. */

import { useQuery } from "@tanstack/react-query";
import { get } from "../api/client";
import { useSession } from "../api/session";
import type { ListObjectTypesResponseJson, ObjectTypeJson } from "../gen/hookline/registry/v1/object_type_pb";

/** All object types of the account. */
export function useObjectTypes() {
  const { accountId } = useSession();
  return useQuery({
    queryKey: ["object-types", accountId],
    queryFn: async (): Promise<ObjectTypeJson[]> => {
      const found: ObjectTypeJson[] = [];
      let token = "";
      do {
        const page = await get<ListObjectTypesResponseJson>("/v1/objectTypes", { page_size: 1000, page_token: token });
        found.push(...(page.object_types ?? []));
        token = page.next_page_token ?? "";
      } while (token);
      return found;
    },
    staleTime: 60_000,
  });
}

/** The merge fields of an object type: its labels, and those of the objects that it points to, by dot. */
export function mergeFields(types: ObjectTypeJson[], id: number): string[] {
  const own = types.find((type) => (type.id ?? 0) === id)?.fields ?? [];
  return own.flatMap((field) => {
    const label = field.label ?? "";
    if (field.kind !== "FIELD_KIND_RELATION") return [label];
    const related = types.find((type) => (type.id ?? 0) === (field.related_object_type_id ?? 0))?.fields ?? [];
    return related.filter((inner) => inner.kind !== "FIELD_KIND_RELATION").map((inner) => `${label}.${inner.label}`);
  });
}
