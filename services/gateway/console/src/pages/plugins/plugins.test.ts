import { describe, expect, it } from "vitest";
import type { PluginJson } from "../../gen/hookline/registry/v1/plugin_pb";
import { addedKinds, differences, pairs } from "./plugins";

const builtin: PluginJson = { name: "builtin", version: "1", trigger_sources: [{ kind: "campaign" }] };
const csv: PluginJson = { name: "csv", version: "1", encoders: [{ name: "csv", media_types: ["text/csv"] }] };
const score: PluginJson = { name: "score", version: "1", trigger_sources: [{ kind: "score_crosses" }] };

describe("plugins of both services", () => {
  it("are paired by name, whichever has them", () => {
    expect(pairs([builtin, csv], [builtin, score]).map((each) => each.name)).toEqual(["builtin", "csv", "score"]);
  });
  it("do not differ where both have the same in another order", () => {
    const more: PluginJson = { ...csv, encoders: [{ name: "tsv" }, ...(csv.encoders ?? [])] };
    const turned: PluginJson = { ...csv, encoders: [...(csv.encoders ?? []), { name: "tsv" }] };
    expect(differences({ name: "csv", registry: more, dispatcher: turned })).toEqual([]);
  });
  it("differ by who has them, by version, and by what is in use", () => {
    expect(differences({ name: "csv", registry: csv })).toEqual(["only the registry has it"]);
    expect(differences({ name: "csv", dispatcher: csv })).toEqual(["only the dispatcher has it"]);
    const other: PluginJson = { name: "csv", version: "2", trigger_sources: [{ kind: "rows" }] };
    expect(differences({ name: "csv", registry: csv, dispatcher: other })).toEqual([
      "version: 1 in the registry, 2 in the dispatcher",
      "encoders: csv (text/csv) in the registry, none in the dispatcher",
      "kinds of triggers: none in the registry, rows in the dispatcher",
    ]);
  });
  it("add kinds of triggers besides those that are built in", () => {
    expect(addedKinds([builtin, csv, score])).toEqual(["score_crosses"]);
  });
});
