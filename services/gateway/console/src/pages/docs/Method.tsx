import { Badge } from "@mantine/core";

const colours: Record<string, string> = { GET: "cyan", POST: "teal", PATCH: "orange", PUT: "orange", DELETE: "red" };

/** An HTTP method in its colour, all of one width. */
export function Method({ name, compact = false }: { name: string; compact?: boolean }) {
  return (
    <Badge
      variant="light"
      color={colours[name] ?? "gray"}
      radius="sm"
      w={compact ? 60 : 72}
      size={compact ? "sm" : "md"}
      className="method"
    >
      {name}
    </Badge>
  );
}
