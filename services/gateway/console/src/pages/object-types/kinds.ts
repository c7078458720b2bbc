/** Kinds of fields in words. */

import type { FieldKindJson } from "../../gen/hookline/registry/v1/object_type_pb";

export const kinds: { value: FieldKindJson; label: string }[] = [
  { value: "FIELD_KIND_TEXT", label: "Text" },
  { value: "FIELD_KIND_LONG_TEXT", label: "Long text" },
  { value: "FIELD_KIND_NUMBER", label: "Number" },
  { value: "FIELD_KIND_PRICE", label: "Price" },
  { value: "FIELD_KIND_CHECKBOX", label: "Checkbox" },
  { value: "FIELD_KIND_DATE", label: "Date" },
  { value: "FIELD_KIND_TIMESTAMP", label: "Timestamp" },
  { value: "FIELD_KIND_EMAIL", label: "Email" },
  { value: "FIELD_KIND_PHONE", label: "Phone" },
  { value: "FIELD_KIND_URL", label: "URL" },
  { value: "FIELD_KIND_COUNTRY", label: "Country" },
  { value: "FIELD_KIND_STATE", label: "State" },
  { value: "FIELD_KIND_DROP_DOWN", label: "Drop-down" },
  { value: "FIELD_KIND_LIST", label: "List" },
  { value: "FIELD_KIND_RELATION", label: "Relation" },
];

/** A key that a label suggests: `Gate Number` gives `gate_number`. */
export function keyOf(label: string): string {
  const plain = label.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const joined = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  return (/^[a-z]/.test(joined) ? joined : joined && `f_${joined}`).slice(0, 64);
}
