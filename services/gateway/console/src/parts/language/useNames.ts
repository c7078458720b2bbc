import { useQuery } from "@tanstack/react-query";
import { get } from "../../api/client";
import type { ListCampaignsResponseJson } from "../../gen/hookline/registry/v1/campaign_pb";
import type { FieldJson, ObjectTypeJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { isolated } from "../isolated";
import { useObjectTypes } from "../objectTypes";
import type { Names } from "./words";

export interface Vocabulary extends Names {
  fields: FieldJson[];
  objectTypes: ObjectTypeJson[];
  /** What one object is called, such as `contact`. */
  noun: string;
  campaigns: { value: string; label: string }[];
}

/** What the account calls the fields of a type of object, and its campaigns. */
export function useNames(objectTypeId: number): Vocabulary {
  const types = useObjectTypes();
  const campaigns = useQuery({
    queryKey: ["campaigns", "names"],
    queryFn: () => get<ListCampaignsResponseJson>("/v1/campaigns", { page_size: 1000 }),
  });
  const objectTypes = types.data ?? [];
  const fields = objectTypes.find((each) => (each.id ?? 0) === objectTypeId)?.fields ?? [];
  const named = (campaigns.data?.campaigns ?? []).filter((each) => (each.object_type_id ?? 0) === objectTypeId);
  return {
    objectTypes,
    fields,
    noun: nounOf(objectTypes, objectTypeId),
    campaigns: named.map((each) => ({ value: each.id ?? "", label: each.name || `Campaign ${each.id}` })),
    field: (key) => isolated(fields.find((each) => each.key === key)?.label ?? (key || "?")),
    checkbox: (key) => fields.find((each) => each.key === key)?.kind === "FIELD_KIND_CHECKBOX",
    campaign: (id) => isolated(named.find((each) => each.id === id)?.name || `campaign ${id || "?"}`),
  };
}

/** What one object of a type is called: `contact`; a type of the account's own keeps the name that it was given. */
function nounOf(types: ObjectTypeJson[], id: number): string {
  const name = types.find((each) => (each.id ?? 0) === id)?.name ?? "object";
  return id < 10_000 ? name.toLowerCase() : isolated(name);
}
