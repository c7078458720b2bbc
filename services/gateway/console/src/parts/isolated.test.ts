import { expect, test } from "vitest";
import { isolated } from "./isolated";

test("a name that is written from the left stands as it is", () => {
  expect(isolated("Zoë & 日本 🎉")).toBe("Zoë & 日本 🎉");
});

test("what turns the direction is kept within the name, also where it tries to leave", () => {
  expect(isolated("مرحبا")).toBe("\u2068مرحبا\u2069");
  expect(isolated("a\u202eb")).toBe("\u2068a\u202eb\u2069");
  expect(isolated("a\u2069\u202eb")).toBe("\u2068a\u202eb\u2069");
});
