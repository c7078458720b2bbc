import { CircleStop, Clock, Flag, GitFork, type LucideIcon, Play, Split, Tag, Webhook } from "lucide-react";
import type { Kind } from "../map/kinds";

/** How each kind of element looks: its icon and its colour of the theme. */
export const LOOKS: Record<Kind, { icon: LucideIcon; colour: string }> = {
  entry: { icon: Play, colour: "teal" },
  goal: { icon: Flag, colour: "lime" },
  wait: { icon: Clock, colour: "yellow" },
  tag: { icon: Tag, colour: "grape" },
  end: { icon: CircleStop, colour: "gray" },
  webhook: { icon: Webhook, colour: "cyan" },
  condition: { icon: GitFork, colour: "orange" },
  split: { icon: Split, colour: "indigo" },
};
