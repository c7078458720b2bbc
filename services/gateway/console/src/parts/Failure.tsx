import { Alert, Button, Text } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { ApiError } from "../api/client";

/** Says why something could not be shown or done, in words; what only waits for a service comes back by itself. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const away = error instanceof ApiError && error.away;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Alert
      color={away ? "yellow" : "red"}
      icon={<TriangleAlert aria-hidden />}
      role="alert"
      title={away ? "A service is away" : "That did not work"}
      mb="md"
    >
      <Text size="sm">{message}</Text>
      {away && <Text size="sm">This page recovers by itself as soon as it is back.</Text>}
      {onRetry && (
        <Button variant="default" size="xs" mt="sm" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}
