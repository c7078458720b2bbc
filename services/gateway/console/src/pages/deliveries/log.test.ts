import { describe, expect, it } from "vitest";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { toDeliveries } from "../../parts/links";
import { asQuery, readFilter, writeFilter } from "./filters";
import { arrived, later, newestOf, rowsOf } from "./rows";

const delivery = (id: number, state: string, attempts = 0): DeliveryJson =>
  ({ id: String(id), state: `DELIVERY_STATE_${state}`, attempts }) as DeliveryJson;

describe("rows", () => {
  it("go on, never back", () => {
    const waiting = delivery(1, "WAITING", 1);
    const flying = delivery(1, "IN_FLIGHT", 2);
    const dead = delivery(1, "DEAD", 2);
    expect(later(waiting, flying)).toBe(flying);
    expect(later(flying, waiting)).toBe(flying);
    expect(later(dead, flying)).toBe(dead);
    expect(later(flying, dead)).toBe(dead);
  });

  it("stand once, the newest first, as of what is known", () => {
    const shown = [delivery(9, "WAITING"), delivery(10, "WAITING"), delivery(9, "IN_FLIGHT", 1)];
    const known = newestOf(new Map(), [delivery(10, "DELIVERED", 1), delivery(11, "DEAD", 1)]);
    expect(rowsOf(shown, known)).toEqual([delivery(10, "DELIVERED", 1), delivery(9, "IN_FLIGHT", 1)]);
  });

  it("have arrived where they are newer than the first", () => {
    const head = [delivery(12, "WAITING"), delivery(11, "WAITING"), delivery(10, "WAITING")];
    expect(arrived([delivery(10, "WAITING")], head).map(({ id }) => id)).toEqual(["12", "11"]);
    expect(arrived([], head)).toHaveLength(3);
  });
});

describe("filters", () => {
  const now = new Date("2026-11-28T12:00:00Z");

  it("come back from the address as they were", () => {
    const address = "state=dead&state=waiting&target=webhook%2F3&fired=campaign%2F2%2Fwelcome&since=24h&object_type=0";
    expect(
      writeFilter(readFilter(new URLSearchParams(address)))
        .toString()
        .split("&")
        .sort(),
    ).toEqual(address.split("&").sort());
  });

  it("become parameters of the API", () => {
    const query = asQuery(readFilter(new URLSearchParams("state=dead&target=webhook/3&since=1h&object_type=0")), now);
    expect(query.states).toEqual(["DELIVERY_STATE_DEAD"]);
    expect([query["target.kind"], query["target.id"]]).toEqual(["TARGET_KIND_WEBHOOK", "3"]);
    expect(query.since_time).toBe("2026-11-28T11:00:00.000Z");
    expect(query.object_type_id).toBe("0");
  });

  it("ask for what is retried besides the states", () => {
    const query = (address: string) => asQuery(readFilter(new URLSearchParams(address)), now);
    expect(query("state=retrying")).toMatchObject({ states: [], retrying: true });
    expect(query("state=retrying&state=dead")).toMatchObject({ states: ["DELIVERY_STATE_DEAD"], retrying: true });
    expect(query("state=dead").retrying).toBeUndefined();
  });

  it("leave out what an address has that they do not know", () => {
    const nonsense = "state=flying&target=webhook/x&fired=campaign&since=soon&until=never&object_type=-1&more=1";
    expect(writeFilter(readFilter(new URLSearchParams(nonsense))).toString()).toBe("");
  });

  it("are those that links of other pages set", () => {
    const firedBy = { source: "campaign", id: "2", element: "welcome" };
    const link = toDeliveries({ states: ["dead"], firedBy, since: "7d" });
    expect(readFilter(new URLSearchParams(link.split("?")[1]))).toMatchObject({
      states: ["dead"],
      fired: "campaign/2/welcome",
      since: "7d",
    });
  });
});
