import { describe, expect, it } from "vitest";
import type { ListDeliveriesResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { PASSED, searchedOf } from "./searched";

const full = { deliveries: [{ id: "1" }], next_page_token: "more" } as ListDeliveriesResponseJson;
const empty = { next_page_token: "more", searched_back_time: "2026-11-28T12:00:00Z" } as ListDeliveriesResponseJson;
const many = (count: number) => Array.from({ length: count }, () => empty);

describe("pages that hold nothing", () => {
  it("are passed over a few times, and again when the reader asks", () => {
    for (const before of [[], [full]]) {
      expect(searchedOf([...before, empty]).passing).toBe(true);
      expect(searchedOf([...before, ...many(PASSED)])).toEqual({ passing: false, back: empty.searched_back_time });
      expect(searchedOf([...before, ...many(PASSED + 1)]).passing).toBe(true);
    }
  });

  it("end with the last one", () => {
    expect(searchedOf([empty, {}]).passing).toBe(false);
  });
});

describe("a page that holds something", () => {
  it("waits for the reader, full or not", () => {
    expect(searchedOf([full])).toEqual({ passing: false, back: undefined });
    expect(searchedOf([empty, { ...empty, ...full }])).toEqual({ passing: false, back: empty.searched_back_time });
  });
});
