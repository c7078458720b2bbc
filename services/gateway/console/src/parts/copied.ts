/** The name of a copy. */

/** How many characters a name may have. */
const MOST = 128;

/** A name that says whose copy it is, cut between characters where that is too long. */
export const copied = (name: string): string => [...`${name} (copy)`].slice(0, MOST).join("");
