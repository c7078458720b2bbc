/** Which operations are open: those that were clicked, and the one that the address names behind its `#`. */

import { useCallback, useEffect, useState } from "react";

const named = () => decodeURIComponent(location.hash.slice(1));

/** Those of a list of ids that are open, and a function that replaces them. A link to an operation opens it. */
export function useOpened(
  known: ReadonlySet<string>,
): [string[], (group: ReadonlySet<string>, next: string[]) => void] {
  const [opened, setOpened] = useState<string[]>([]);
  useEffect(() => {
    const follow = () => {
      const id = named();
      if (known.has(id)) setOpened((before) => (before.includes(id) ? before : [...before, id]));
      // What it leads to is drawn first.
      requestAnimationFrame(() => document.getElementById(id)?.scrollIntoView());
    };
    follow();
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [known]);
  const change = useCallback((group: ReadonlySet<string>, next: string[]) => {
    setOpened((before) => {
      const added = next.find((id) => !before.includes(id));
      // The address can be copied, and going back still leaves the page.
      if (added) history.replaceState(history.state, "", `#${added}`);
      return [...before.filter((id) => !group.has(id)), ...next];
    });
  }, []);
  return [opened, change];
}
