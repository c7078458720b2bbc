import { Problems } from "./Problems";
import { Conflict, Status } from "./Status";
import type { Workbench } from "./useWorkbench";

/** Where the campaign stands, and what is in the way of saving or publishing it. */
export function Standing({ bench, onReload }: { bench: Workbench; onReload(): void }) {
  const { editor, actions, counts, showContacts } = bench;
  return (
    <>
      <Status
        campaign={editor.campaign}
        dirty={editor.dirty}
        counts={counts}
        onCount={(count) => showContacts("", count)}
      />
      {actions.conflict && <Conflict onReload={onReload} onOverwrite={() => void actions.save(true)} />}
      <Problems
        flaws={editor.listed ? editor.flaws : []}
        elements={editor.draft.elements}
        onSelect={editor.select}
        onClose={editor.unlist}
      />
    </>
  );
}
