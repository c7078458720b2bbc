/** Lists of triggers, conditions and actions within a form. */

import type { UseFormReturnType } from "@mantine/form";
import { isDone } from "./errors";

/** Changes a list of a form, and drops what was said of it and no longer holds; `about` as `isDone` takes it. */
export function setList<Values extends object, Name extends keyof Values & string>(
  form: UseFormReturnType<Values>,
  name: Name,
  list: Values[Name],
  about = "",
): void {
  form.setFieldValue(name, list as never);
  form.setErrors(Object.fromEntries(Object.entries(form.errors).filter(([path]) => !isDone(path, name, about))));
}
