import { expect, test } from "vitest";
import { standingOf } from "./expiry";

test.each([
  ["2026-03-01T00:00:00Z", "expired"],
  ["2026-03-14T23:59:59Z", "soon"],
  ["2026-03-16T00:00:00Z", "valid"],
])("a certificate until %s is %s on the first of March", (expireTime, standing) => {
  expect(standingOf(expireTime, new Date("2026-03-01T00:00:00Z"))).toBe(standing);
});
