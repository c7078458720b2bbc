import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useNavigate } from "react-router";
import { confirm, tell, tellFailure } from "../confirm";
import { deleteTarget, type Noun } from "./api";

/** Deletes a target, and goes to the list of the others. */
export function DeleteTarget({ noun, id, etag }: { noun: Noun; id: string; etag?: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const away = useMutation({
    mutationFn: () => deleteTarget(noun, id, etag),
    onSuccess: () => {
      tell(noun === "webhook" ? "Webhook deleted" : "Subscription deleted");
      queries.invalidateQueries({ queryKey: [`${noun}s`] });
      navigate(`/${noun}s`);
    },
    onError: tellFailure,
  });
  const ask = () =>
    confirm(`Delete the ${noun}?`, "What waits for it is cancelled. Its log stays.", "Delete", () => away.mutate());
  return (
    <Button variant="default" leftSection={<Trash2 size={16} aria-hidden />} loading={away.isPending} onClick={ask}>
      Delete
    </Button>
  );
}
