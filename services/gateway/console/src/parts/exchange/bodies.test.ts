import { describe, expect, it } from "vitest";
import { asForm, asHex, readBody } from "./bodies";
import { asJson, memberOf } from "./json";

const base64 = (...bytes: number[]) => btoa(String.fromCharCode(...bytes));
const text = (value: string) => base64(...new TextEncoder().encode(value));
const typed = (value: string) => [{ name: "Content-Type", value }];

describe("bodies", () => {
  it("are what their content type says", () => {
    expect(readBody(text("a=1"), typed("application/x-www-form-urlencoded")).kind).toBe("form");
    expect(readBody(text("{}"), typed("application/problem+json; charset=utf-8")).kind).toBe("json");
    expect(readBody(text("<a/>"), typed("text/xml")).kind).toBe("xml");
    expect(readBody(text('{"a":1}'), []).kind).toBe("json");
    expect(readBody(text("{}"), typed("text/plain")).kind).toBe("text");
    expect(readBody("", typed("text/plain"))).toEqual({ size: 0, text: "", kind: "none" });
  });

  it("that are no text are binary, and one that was cut within a letter is not", () => {
    expect(readBody(base64(0xff, 0xfe, 0x00), [])).toEqual({ size: 3, kind: "binary" });
    expect(readBody(base64(0x61, 0xc3), [], false).kind).toBe("binary");
    expect(readBody(base64(0x61, 0xc3), [], true).text).toBe("a");
    expect(readBody(base64(0xe9), typed("text/plain; charset=iso-8859-1")).text).toBe("é");
    expect(readBody(text("a"), typed("text/plain; charset=no-such")).text).toBe("a");
  });

  it("are shown in hex beside their letters", () => {
    expect(asHex(base64(0x41, 0x00, 0xff))).toBe("0000  41 00 ff                 A..");
  });

  it("of forms keep a field that comes twice", () => {
    expect(asForm("a=1&a=%C3%A9+b")).toEqual([
      ["a", "1"],
      ["a", "é b"],
    ]);
  });
});

describe("JSON", () => {
  it("is indented as JSON.stringify does it", () => {
    const value = { a: [1, { b: 'x "{,:" y' }, [], {}], c: null, "d,e": "\\" };
    expect(asJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
  });

  it("keeps numbers digit for digit", () => {
    expect(asJson("[12345678901234567890, 1.0]")).toBe("[\n  12345678901234567890,\n  1.0\n]");
    expect(asJson("not json")).toBeUndefined();
  });

  it("gives one member out of it", () => {
    const answer = '{"x":{"data":1},"event":{"a":[{"data":2}],"event":{"data":{"n":9007199254740993}}}}';
    expect(memberOf(answer, ["event", "event", "data"])).toBe('{\n  "n": 9007199254740993\n}');
    expect(memberOf(answer, ["event", "data"])).toBeUndefined();
    expect(memberOf(answer, ["x", "data", "more"])).toBeUndefined();
  });
});
