import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { validate } from "../api";
import type { Editor } from "./useEditor";

/** Milliseconds without a change after which a draft is checked. */
const QUIET = 600;

/** Has the server check a draft that is not published each time its author pauses, and keeps the marks on the map true. */
export function useTrial(editor: Editor, editable: boolean): void {
  const { campaign, draft, dirty } = editor;
  const [quiet] = useDebouncedValue(draft, QUIET);
  const latest = useRef(editor);
  latest.current = editor;
  const id = campaign.id ?? "";
  const wanted = editable && quiet === draft && (dirty || Boolean(campaign.unpublished_changes));
  useEffect(() => {
    if (!wanted) return;
    // What cannot be checked now is told when the map is validated.
    validate(id, quiet).then(
      (flaws) => latest.current.draft === quiet && latest.current.markFlaws(flaws),
      () => {},
    );
  }, [wanted, quiet, id]);
}
