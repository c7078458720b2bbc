import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

/** Components of Mantine that no page uses, nor any other component that one does. */
export const UNUSED = [
  ...["ActionBar", "AngleSlider", "Avatar", "BackgroundImage", "Blockquote", "Cascader", "ColorInput", "ColorPicker"],
  ...["DataList", "Dialog", "EmptyState", "Indicator", "Marquee", "Menubar", "Pagination", "PinInput", "Rating"],
  ...["RingProgress", "RollingNumber", "Scroller", "SemiCircleProgress", "Slider", "Spoiler", "Splitter", "Stepper"],
  ...["AspectRatio", "Card", "FloatingWindow", "Kbd", "Mark", "OverflowList", "Pill", "PillsInput"],
  ...["TableOfContents", "Timeline", "Toggle", "Toolbar", "Tour", "Tree", "TreeSelect", "Typography"],
];

const ALL = "@mantine/core/styles.css";

/** Leaves their styles out of those that every page loads first: a third of them. */
export function withoutUnusedStyles(): Plugin {
  return {
    name: "without-unused-styles",
    enforce: "pre",
    load(id) {
      const [file = ""] = id.split("?");
      return file.endsWith(ALL) ? stylesWithout(UNUSED, file) : null;
    },
  };
}

function stylesWithout(components: readonly string[], file: string): string {
  let styles = readFileSync(file, "utf8");
  for (const each of components) {
    const own = readFileSync(join(dirname(file), "styles", `${each}.css`), "utf8").trim();
    if (!styles.includes(own))
      throw new Error(`${ALL} does not hold the styles of ${each} as they stand by themselves`);
    styles = styles.replace(own, "");
  }
  return styles;
}
