import { expect, test } from "vitest";
import { inside } from "./inside";

test("a sign-in leads to a page of the console", () => {
  for (const path of ["/", "/deliveries?state=dead&text=%5C", "/campaigns/1?element=ö"])
    expect(inside(path)).toBe(path);
});

test("and never to another site", () => {
  const others = [
    null,
    "",
    "evil",
    "https://evil",
    "//evil",
    "/\\evil",
    "/\t/evil",
    "/\n/evil",
    "/a\\b",
    "javascript:x",
  ];
  for (const path of others) expect(inside(path)).toBe("/");
});
