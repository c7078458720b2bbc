import { Badge } from "@mantine/core";
import type { Connection } from "../api/live";

const words: Record<Connection, [text: string, colour: string]> = {
  live: ["live", "teal"],
  connecting: ["connecting…", "gray"],
  away: ["away, trying again…", "yellow"],
};

/** Says whether the page follows what happens. */
export function LiveDot({ connection }: { connection: Connection }) {
  const [text, colour] = words[connection];
  return (
    <Badge variant="dot" color={colour} tt="none" size="lg" role="status">
      {text}
    </Badge>
  );
}
