import { Alert } from "@mantine/core";
import { useAway } from "./away";

/** Says above the page that parts of it are of a while ago. */
export function AwayNotice() {
  const reason = useAway();
  if (!reason) return null;
  return (
    <Alert color="yellow" role="status" title="A service is away" mb="md">
      {reason}. What is shown is as of the last answer; this page recovers by itself as soon as it is back.
    </Alert>
  );
}
