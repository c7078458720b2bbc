import { Text } from "@mantine/core";
import { modals } from "@mantine/modals";
import { notifications } from "@mantine/notifications";
import type { ReactNode } from "react";
import { ApiError } from "../api/client";

/** Asks before something that cannot be taken back. */
export function confirm(title: string, says: ReactNode, action: string, onConfirm: () => void, danger = true): void {
  modals.openConfirmModal({
    title,
    children: typeof says === "string" ? <Text size="sm">{says}</Text> : says,
    labels: { confirm: action, cancel: "Cancel" },
    confirmProps: { color: danger ? "red" : undefined },
    onConfirm,
  });
}

/** Tells in a corner that something was done. */
export function tell(message: string): void {
  notifications.show({ message, color: "teal" });
}

/** Tells in a corner why something was not done. */
export function tellFailure(error: unknown): void {
  // That nobody is signed in any more is told by the dialog that lies over the page then.
  if (error instanceof ApiError && error.status === 401) return;
  const away = error instanceof ApiError && error.away;
  const message = error instanceof Error ? error.message : String(error);
  notifications.show({
    title: away ? "A service is away" : "That did not work",
    message: away ? `${message}. Try again in a moment.` : message,
    color: away ? "yellow" : "red",
    autoClose: 10_000,
  });
}
