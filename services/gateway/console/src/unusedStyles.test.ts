import { expect, test } from "vitest";
import { UNUSED } from "../unused_styles";

const sources = import.meta.glob<string>("./**/*.tsx", { query: "?raw", import: "default", eager: true });
const IMPORTS = /import \{([^}]*)\} from "@mantine\/core"/g;

test("no page uses a component whose styles are left out", () => {
  const used = Object.values(sources).flatMap((source) =>
    [...source.matchAll(IMPORTS)].flatMap(([, names = ""]) => names.split(",").map((name) => name.trim())),
  );
  expect(used).toContain("Button");
  expect(used.filter((name) => UNUSED.includes(name))).toEqual([]);
});
