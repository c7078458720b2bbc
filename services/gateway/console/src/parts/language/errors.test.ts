import { expect, it } from "vitest";
import { below, errorsOf, isDone } from "./errors";

it("finds errors below a list", () => {
  const at = errorsOf({ "any_of.0.all_of.1.tag.tag_id": "must be greater than 0" }, "any_of");
  expect(below(below(at, "0.all_of"), "1")("tag.tag_id")).toBe("must be greater than 0");
  expect(at("0.all_of.0.tag.tag_id")).toBeUndefined();
});

it.each([
  ["triggers", "triggers", "0.tag_id", true],
  ["triggers.0.params.tag_id", "triggers", "0.tag_id", true],
  ["triggers.1.params.tag_id", "triggers", "0.tag_id", false],
  ["triggers.1.params.tag_id", "triggers", "", true],
  ["any_of.0.all_of.1.comparison.value", "any_of", "0.1.value", true],
  ["any_of.0.all_of.0.comparison.value", "any_of", "0.1.value", false],
  ["any_of.1.all_of.0.comparison.value", "any_of", "0.1.value", false],
  ["actions.0.webhook_id", "any_of", "", false],
])("takes %s away when %s changes at %s: %s", (path, list, about, done) => {
  expect(isDone(path, list, about)).toBe(done);
});
