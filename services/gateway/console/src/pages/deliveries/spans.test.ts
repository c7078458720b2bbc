import { describe, expect, it } from "vitest";
import { spansOf } from "./spans";

describe("the parts of an attempt's time", () => {
  it("add up to it", () => {
    const spans = spansOf({ latency: "1.5s", connect_latency: "0.25s", first_byte_latency: "1.25s" });
    expect(spans).toEqual([
      { name: "Connect", seconds: 0.25, reused: false },
      { name: "Wait", seconds: 1 },
      { name: "Read", seconds: 0.25 },
    ]);
  });

  it("say that nothing had to be connected", () => {
    const attempt = { latency: "1s", connect_latency: "0s", connection_reused: true, first_byte_latency: "1s" };
    expect(spansOf(attempt)[0]).toEqual({ name: "Connect", seconds: 0, reused: true });
  });

  it("end with waiting where no answer came", () => {
    expect(spansOf({ latency: "30s", connect_latency: "1s" }).map(({ seconds }) => seconds)).toEqual([1, 29]);
  });

  it("are not told apart where the transport does not tell", () => {
    const names = spansOf({ latency: "1s", first_byte_latency: "0.5s" }).map(({ name }) => name);
    expect(names).toEqual(["Connect and wait", "Read"]);
  });

  it("are none where nothing but the latency is known", () => {
    expect(spansOf({ latency: "1s" })).toEqual([]);
  });
});
