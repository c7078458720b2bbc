/** A form of the CRM as it stands in its page, and in words. */

import type { FormJson, FormKindJson } from "../../gen/hookline/registry/v1/form_pb";
import type { RuleActionJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { fromSettling, type Settling, toSettling } from "../../parts/language/settle";

export type SectionName = "always_on" | "payment_successful" | "payment_failed";

export const sections: { name: SectionName; label: string; says: string; orders: boolean }[] = [
  { name: "always_on", label: "Always-On", says: "At every submission.", orders: false },
  { name: "payment_successful", label: "Successful Payment", says: "Where the payment succeeded.", orders: true },
  { name: "payment_failed", label: "Failed Payment", says: "Where the payment failed.", orders: true },
];

export interface Values extends Record<SectionName, RuleActionJson[]> {
  name: string;
  kind: FormKindJson;
  number: number | "";
  object_type_id: string;
  settle: Settling;
}

export const isOrder = (kind?: FormKindJson): boolean => kind === "FORM_KIND_ORDER_FORM";

/** The sections that a kind of form has. */
export const sectionsOf = (kind?: FormKindJson) => sections.filter((each) => !each.orders || isOrder(kind));

/** What a save changes. */
export const mask = "name,always_on,payment_successful,payment_failed,settle";

export const toValues = (form: FormJson): Values => ({
  name: form.name ?? "",
  kind: isOrder(form.kind) ? "FORM_KIND_ORDER_FORM" : "FORM_KIND_FORM",
  number: form.number ? Number(form.number) : "",
  object_type_id: String(form.object_type_id ?? 0),
  always_on: form.always_on ?? [],
  payment_successful: form.payment_successful ?? [],
  payment_failed: form.payment_failed ?? [],
  settle: toSettling(form.settle),
});

export const fromValues = (values: Values): FormJson => ({
  name: values.name.trim(),
  kind: values.kind,
  number: values.number === "" ? undefined : String(values.number),
  object_type_id: Number(values.object_type_id),
  always_on: values.always_on,
  payment_successful: isOrder(values.kind) ? values.payment_successful : [],
  payment_failed: isOrder(values.kind) ? values.payment_failed : [],
  settle: fromSettling(values.settle),
});

/** `Always-On: “Log” and “Mail”.` for each section that sends something. */
export function formInWords(form: FormJson, webhook: (id: string) => string): string[] {
  return sectionsOf(form.kind)
    .filter(({ name }) => form[name]?.length)
    .map(
      ({ name, label }) => `${label}: ${(form[name] ?? []).map((each) => webhook(each.webhook_id ?? "")).join(", ")}.`,
    );
}
