/** How rows of the log follow what is told of their deliveries; what is told late changes nothing. */

import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";

type Known = ReadonlyMap<string, DeliveryJson>;

/** Whether a delivery will not change any more. */
export function isSettled(delivery: DeliveryJson): boolean {
  return ["DELIVERY_STATE_DELIVERED", "DELIVERY_STATE_DEAD", "DELIVERY_STATE_CANCELLED"].includes(delivery.state ?? "");
}

/** The one of two looks at a delivery that is further on; of equals the second. */
export function later(first: DeliveryJson, second: DeliveryJson): DeliveryJson {
  if (isSettled(first) !== isSettled(second)) return isSettled(first) ? first : second;
  return (first.attempts ?? 0) > (second.attempts ?? 0) ? first : second;
}

/** What is known of each delivery, with more told of some. */
export function newestOf(known: Known, told: readonly DeliveryJson[]): Known {
  const all = new Map(known);
  for (const each of told) {
    const before = all.get(each.id ?? "");
    all.set(each.id ?? "", before ? later(before, each) : each);
  }
  return all;
}

/** The rows to show, each once and as of what is known of it, the newest first. */
export function rowsOf(shown: readonly DeliveryJson[], known: Known): DeliveryJson[] {
  const rows = new Map<string, DeliveryJson>();
  for (const row of shown) {
    const id = row.id ?? "";
    const told = known.get(id);
    const before = rows.get(id) ?? row;
    rows.set(id, told ? later(before, told) : later(before, row));
  }
  return [...rows.values()].sort((a, b) => Number(b.id) - Number(a.id));
}

/** Which of the newest deliveries have come since the first of the rows. */
export function arrived(rows: readonly DeliveryJson[], head: readonly DeliveryJson[]): DeliveryJson[] {
  const newest = Number(rows[0]?.id ?? 0);
  return head.filter((each) => Number(each.id) > newest);
}

/** What a row says of its state: what waits after an attempt is retried. */
export function shownState(delivery: DeliveryJson): string {
  const retried = delivery.state === "DELIVERY_STATE_WAITING" && (delivery.attempts ?? 0) > 0;
  return retried ? "DELIVERY_STATE_RETRYING" : (delivery.state ?? "");
}

const objects: Record<number, string> = { 0: "contact", 149: "deal", 150: "company" };

/** What a delivery is about, such as `contact 8`. */
export function objectName({ object_type_id: type = 0, object_id: id }: DeliveryJson): string {
  return `${objects[type] ?? `object type ${type},`} ${id}`;
}
