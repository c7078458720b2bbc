import { Alert, Anchor, Button, Text } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { Link, useLocation } from "react-router";
import { ApiError } from "../api/client";

/** Says why something could not be shown or done, in words; what only waits for a service comes back by itself. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const away = error instanceof ApiError && error.away;
  const unnamed = error instanceof ApiError && error.status === 400 && error.violations[0]?.field === "id";
  const missing = unnamed || (error instanceof ApiError && error.status === 404);
  const message = unnamed
    ? "The address ends in what is no id."
    : error instanceof Error
      ? error.message
      : String(error);
  return (
    <Alert
      color={away ? "yellow" : missing ? "gray" : "red"}
      icon={<TriangleAlert aria-hidden />}
      role="alert"
      title={away ? "A service is away" : missing ? "Not found" : "That did not work"}
      mb="md"
    >
      <Text size="sm">{message}</Text>
      {away && <Text size="sm">This page recovers by itself as soon as it is back.</Text>}
      {missing && <WayBack />}
      {onRetry && !missing && (
        <Button variant="default" size="xs" mt="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** Leads to the list that a thing would be in. */
function WayBack() {
  const { pathname } = useLocation();
  const list = pathname.slice(0, pathname.lastIndexOf("/"));
  // Bins are in no list: their addresses are private.
  if (!list || list === "/bin") return null;
  return (
    <Anchor component={Link} to={list} size="sm" c="inherit" underline="always">
      Show those that there are
    </Anchor>
  );
}
