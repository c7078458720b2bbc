import { modals } from "@mantine/modals";
import { useEffect } from "react";
import { useBlocker } from "react-router";

/** Asks before the page is left with something that is not saved. */
export function useLeaveGuard(dirty: boolean): void {
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => dirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    let leaves = false;
    modals.openConfirmModal({
      title: "Leave without saving?",
      children: "What you changed on this map is not saved.",
      labels: { confirm: "Leave", cancel: "Stay" },
      confirmProps: { color: "red" },
      onConfirm: () => {
        leaves = true;
      },
      // Told in every case, also when it is closed by Escape.
      onClose: () => (leaves ? blocker.proceed() : blocker.reset()),
    });
  }, [blocker]);
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);
}
