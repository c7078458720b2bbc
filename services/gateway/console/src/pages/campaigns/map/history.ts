/** What can be undone and done again. */

/** How many steps are kept. */
export const DEPTH = 100;

export interface History<State> {
  past: readonly State[];
  present: State;
  future: readonly State[];
  /** What the last step was about: steps with the same, such as letters typed into one field, are undone together. */
  about: string;
}

export const begin = <State>(present: State): History<State> => ({ past: [], present, future: [], about: "" });

/** Takes a step. What was undone cannot be done again then. `about`, where given, joins it with the step before. */
export function step<State>(history: History<State>, next: State, about = ""): History<State> {
  if (next === history.present) return history;
  const joined = about !== "" && about === history.about;
  const past = joined ? history.past : [...history.past, history.present].slice(-DEPTH);
  return { past, present: next, future: [], about };
}

export function undo<State>(history: History<State>): History<State> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  const future = [history.present, ...history.future];
  return { past: history.past.slice(0, -1), present: before, future, about: "" };
}

export function redo<State>(history: History<State>): History<State> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, about: "" };
}
