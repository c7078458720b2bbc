import { useCallback, useState } from "react";
import type { Flaw } from "../map/flaws";

/** What is wrong with a draft: marked on the map at all times, and listed above it once somebody asked. */
export function useFlaws() {
  const [flaws, setFlaws] = useState<Flaw[]>([]);
  const [listed, setListed] = useState(false);
  const listFlaws = useCallback((found: Flaw[]) => {
    setFlaws(found);
    setListed(found.length > 0);
  }, []);
  const markFlaws = useCallback((found: Flaw[]) => {
    setFlaws(found);
    setListed((before) => before && found.length > 0);
  }, []);
  const unlist = useCallback(() => setListed(false), []);
  return { flaws, listed, listFlaws, markFlaws, unlist };
}
