import { useCallback, useEffect, useState } from "react";

/** Which deliveries are chosen; another filter chooses none. */
export function useSelection(filter: string) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const clear = useCallback(() => setChosen(new Set()), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was chosen is no longer in sight under another filter
  useEffect(clear, [filter]);
  const choose = useCallback((ids: string[], chosenNow: boolean) => {
    setChosen((before) => {
      const after = new Set(before);
      for (const id of ids) {
        if (chosenNow) after.add(id);
        else after.delete(id);
      }
      return after;
    });
  }, []);
  return { chosen, choose, clear };
}
