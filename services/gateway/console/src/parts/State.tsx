import { Badge } from "@mantine/core";

const colours: Record<string, string> = {
  DELIVERED: "teal",
  SUCCEEDED: "teal",
  ACTIVE: "teal",
  LIVE: "teal",
  HEALTHY: "teal",
  WAITING: "gray",
  DRAFT: "gray",
  PENDING: "gray",
  RETRYING: "orange",
  FAILING: "orange",
  HALF_OPEN: "orange",
  PAUSED: "yellow",
  DEAD: "red",
  FAILED: "red",
  OFF: "red",
  DISABLED: "red",
};

/** `DELIVERY_STATE_DEAD` with its prefix cut off and in small letters: `dead`. */
export function stateInWords(value: string, prefix: string): string {
  return (value.startsWith(prefix) ? value.slice(prefix.length) : value).replaceAll("_", " ").toLowerCase();
}

/** The value of an enum of states as a badge; `prefix` is what its values begin with, such as `DELIVERY_STATE_`. */
export function State({ value, prefix }: { value?: string; prefix: string }) {
  if (!value) return null;
  const word = value.startsWith(prefix) ? value.slice(prefix.length) : value;
  return (
    <Badge variant="light" color={colours[word] ?? "gray"} tt="none" className="state" style={{ flexShrink: 0 }}>
      {stateInWords(value, prefix)}
    </Badge>
  );
}
