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
