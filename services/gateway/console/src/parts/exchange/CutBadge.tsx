import { Badge } from "@mantine/core";

/** A mark for what was cut when it was kept. */
export function CutBadge() {
  return (
    <Badge color="yellow" variant="light" tt="none">
      cut: there was more
    </Badge>
  );
}
