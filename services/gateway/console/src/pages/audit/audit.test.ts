import { expect, test } from "vitest";
import { changesOf } from "./changes";
import { asQuery, readFilter, writeFilter } from "./filters";
import { methodInWords, pageOf } from "./words";

test("a change names the fields that differ, within each other too, and not what every write changes", () => {
  const before = { name: "A", etag: "1", settle: { quiet: "5s" }, headers: [{ name: "x" }], gone: true };
  const after = { name: "A", etag: "2", settle: { quiet: "6s" }, headers: [], made: null };
  expect(changesOf(before, after)).toEqual([
    { path: "settle.quiet", before: '"5s"', after: '"6s"' },
    { path: "headers", before: '[{"name":"x"}]', after: "[]" },
    { path: "gone", before: "true", after: undefined },
    { path: "made", before: undefined, after: "null" },
  ]);
});

test("a method reads as a sentence begins", () => {
  expect(methodInWords("hookline.registry.v1.WebhookService.RotateWebhookSecret")).toBe("Rotate webhook secret");
});

test("what is still there has a page", () => {
  expect(pageOf({ resource: "global_rule/7", method: "UpdateGlobalRule" })).toBe("/rules/7");
  expect(pageOf({ resource: "global_rule/7", method: "a.DeleteGlobalRule" })).toBeUndefined();
  expect(pageOf({ resource: "key/1", method: "CreateKey" })).toBeUndefined();
  expect(pageOf({ resource: "webhook", method: "x" })).toBeUndefined();
});

test("a filter goes through the address", () => {
  const parameters = new URLSearchParams({
    key: "hl_app_1",
    resource: "webhook/3",
    method: "UpdateWebhook",
    since: "1h",
  });
  const filter = readFilter(parameters);
  expect(writeFilter(filter)).toEqual(parameters);
  expect(asQuery(filter, new Date("2026-11-29T12:00:00Z"))).toEqual({
    application_id: "hl_app_1",
    resource: "webhook/3",
    method: "UpdateWebhook",
    since_time: "2026-11-29T11:00:00.000Z",
    until_time: undefined,
  });
});
