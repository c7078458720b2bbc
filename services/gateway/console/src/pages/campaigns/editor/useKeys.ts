import { useHotkeys } from "@mantine/hooks";
import type { Actions } from "./useActions";
import type { Editor } from "./useEditor";

/** Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y while the draft is shown, and Ctrl+S, also from within a field. */
export function useKeys(editor: Editor, actions: Actions, editable: boolean): void {
  useHotkeys(
    editable
      ? [
          ["mod+Z", editor.undo],
          ["mod+shift+Z", editor.redo],
          ["mod+Y", editor.redo],
        ]
      : [],
  );
  useHotkeys([["mod+S", () => void (editor.dirty && actions.save())]], []);
}
