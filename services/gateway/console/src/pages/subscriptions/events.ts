/** The events that can be subscribed to, and how the number in brackets reads. */

export interface SubscribableEvent {
  type: string;
  label: string;
  /** What the number in brackets is; none: the event has no number. */
  number?: string;
}

export const events: SubscribableEvent[] = [
  { type: "object_create", label: "An object is created", number: "Object type" },
  { type: "object_submits_form", label: "A form is submitted", number: "Form" },
  { type: "sub_tag", label: "A tag is added", number: "Tag" },
  { type: "unsub_tag", label: "A tag is removed", number: "Tag" },
  { type: "purchase_product", label: "A product is purchased", number: "Product" },
  { type: "transaction_created_with_product", label: "A transaction with a product is made", number: "Product" },
  { type: "target_disabled", label: "A target of this account was switched off" },
  { type: "target_paused", label: "A target of this account was paused" },
];

/** `sub_tag(4)` taken apart; an event without a number has an empty one. */
export function split(event: string): { type: string; number: string } {
  const found = /^([^(]*)\((\d+)\)$/.exec(event);
  return found ? { type: found[1] ?? "", number: found[2] ?? "" } : { type: event, number: "" };
}

/** The two put together again. */
export function joined(type: string, number: string): string {
  return number.trim() ? `${type}(${number.trim()})` : type;
}

/** `A tag is added: 4`. */
export function eventInWords(event: string): string {
  const { type, number } = split(event);
  const label = events.find((each) => each.type === type)?.label ?? type;
  return number ? `${label}: ${number}` : label;
}
