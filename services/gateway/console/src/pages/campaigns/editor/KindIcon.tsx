import { ThemeIcon } from "@mantine/core";
import type { Kind } from "../map/kinds";
import { LOOKS } from "./icons";

/** The icon of a kind of element, in its colour. */
export function KindIcon({ kind = "end", size = 34 }: { kind?: Kind; size?: number }) {
  const { icon: Icon, colour } = LOOKS[kind];
  return (
    <ThemeIcon variant="light" color={colour} size={size} radius="md" aria-hidden>
      <Icon size={size / 2} />
    </ThemeIcon>
  );
}
