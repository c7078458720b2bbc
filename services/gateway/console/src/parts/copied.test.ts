import { expect, test } from "vitest";
import { copied } from "./copied";

test("a copy is named after what it was made of", () => {
  expect(copied("Welcome")).toBe("Welcome (copy)");
});

test("a long name is cut between characters, not within one", () => {
  const name = copied("🎉".repeat(128));
  expect(name).toBe("🎉".repeat(128));
});
