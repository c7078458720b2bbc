import { expect, test } from "vitest";
import { fromHeaders, isKept, toHeaders } from "./headers";

const saved = { headers: [{ name: "X-Source", value: "crm" }], secret_headers: [{ name: "Authorization" }] };

test("a secret header that is left alone goes back without a value, which keeps the one that stands", () => {
  expect(fromHeaders(toHeaders(saved)).secret_headers).toEqual([{ name: "Authorization", value: "" }]);
});

test("lines that nothing was written into are no headers", () => {
  const empty = { name: "", value: "" };
  expect(fromHeaders({ headers: [empty], secret_headers: [empty] })).toEqual({ headers: [], secret_headers: [] });
});

test("names are compared as those of headers are", () => {
  expect(isKept("authorization", saved)).toBe(true);
  expect(isKept("X-Source", saved)).toBe(false);
  expect(isKept("Authorization", undefined)).toBe(false);
});
