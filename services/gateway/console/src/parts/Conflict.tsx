import { Alert, Button, Group, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { ApiError } from "../api/client";

/** Whether a write was refused because somebody else had changed the same meanwhile. */
export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.reason === "ETAG_MISMATCH";

/** Says that somebody else was faster, and lets a person choose whose changes stay. */
export function Conflict({ what, onTheirs, onMine }: { what: string; onTheirs(): void; onMine(): void }) {
  const shown = useRef<HTMLDivElement>(null);
  // Of a long form the button that saves is far below.
  useEffect(() => {
    void shown.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <Alert color="yellow" role="alert" ref={shown} title={`Somebody changed ${what} while you did`}>
      <Text size="sm">Nothing was saved, and your changes still stand here. Whose changes shall stay?</Text>
      <Group gap="xs" mt="sm">
        <Button size="xs" variant="default" onClick={onTheirs}>
          Show theirs, drop mine
        </Button>
        <Button size="xs" color="red" onClick={onMine}>
          Save mine over theirs
        </Button>
      </Group>
    </Alert>
  );
}
