/** What is wrong with triggers and conditions, found by where it stands. */

/** What is wrong at a path below the list, such as `0.params.tag_id`. */
export type ErrorAt = (path: string) => string | undefined;

/** Nothing is wrong. */
export const noErrors: ErrorAt = () => undefined;

/** The same of what stands below a path. */
export const below =
  (errorAt: ErrorAt, path: string): ErrorAt =>
  (rest) =>
    errorAt(`${path}.${rest}`);

/** The errors of a form below one of its lists. */
export const errorsOf =
  (errors: Record<string, unknown>, list: string): ErrorAt =>
  (path) => {
    const said = errors[`${list}.${path}`];
    return typeof said === "string" ? said : undefined;
  };

/**
 * Whether an error is done with once a list was changed. `about` says what was typed into, such as `0.tag_id`, whose parts stand in
 * the error's path in this order; empty: the list has other items now, and all that was said of it stands elsewhere.
 */
export function isDone(path: string, list: string, about: string): boolean {
  if (path === list) return true;
  if (!path.startsWith(`${list}.`)) return false;
  const parts = path.split(".");
  let from = 0;
  return about.split(".").every((part) => {
    const found = part ? parts.indexOf(part, from) : 0;
    from = found + 1;
    return found >= 0;
  });
}
