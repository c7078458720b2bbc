import { useState } from "react";
import { tellFailure } from "../../../parts/confirm";
import { flawsIn, isConflict } from "../api";
import type { Editor } from "./useEditor";

/** Does one thing at a time with a draft, and says why where it was refused. */
export function useDoing({ draft, listFlaws }: Editor) {
  const [busy, setBusy] = useState("");
  const [conflict, setConflict] = useState(false);
  const doing = async <Result>(word: string, work: () => Promise<Result>): Promise<Result | null> => {
    setBusy(word);
    try {
      return await work();
    } catch (error) {
      const flaws = flawsIn(error, draft);
      if (isConflict(error)) setConflict(true);
      else if (flaws.length) listFlaws(flaws);
      else tellFailure(error);
      return null;
    } finally {
      setBusy("");
    }
  };
  return {
    /** What is being done, such as `save`; empty: nothing. */
    busy,
    /** Whether somebody else saved meanwhile. */
    conflict,
    settled: () => setConflict(false),
    /** The answer is what the work came to, or null where it was refused. */
    doing,
  };
}

export type Doing = ReturnType<typeof useDoing>["doing"];
