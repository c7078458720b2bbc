/** Names within sentences. */

/** Letters that are written from the right, and marks that turn the direction. */
const TURNS = /[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;
const ISOLATES = /[\u2066-\u2069]/g;

/** A name within a sentence: what it does to the direction of the text ends where it ends. */
export const isolated = (name: string): string =>
  TURNS.test(name) ? `\u2068${name.replace(ISOLATES, "")}\u2069` : name;
