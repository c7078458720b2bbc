/** Errors of the API put next to the fields of a form. */

import type { UseFormReturnType } from "@mantine/form";
import { ApiError } from "../api/client";
import { tellFailure } from "./confirm";

/**
 * Puts each violation next to its field; what belongs to no field of the form is told in a corner. `message` is the name of the
 * message in the request, such as `subscription`, which the paths of its fields begin with; `headers[0].name` becomes
 * `headers.0.name`, as the form names it.
 */
export function showRefusal<Values extends object>(
  form: UseFormReturnType<Values>,
  error: unknown,
  message: string,
): void {
  const violations = error instanceof ApiError ? error.violations : [];
  const mine = violations.filter(
    (violation) => violation.field.startsWith(`${message}.`) || violation.field === message,
  );
  for (const violation of mine) {
    const path = violation.field.slice(message.length + 1).replace(/\[(\d+)\]/g, ".$1");
    form.setFieldError(path, violation.description);
  }
  const shown = mine.some((violation) => violation.field !== message);
  if (shown) {
    // The first wrong field is where a person goes on.
    const first = mine[0]?.field.slice(message.length + 1).replace(/\[(\d+)\]/g, ".$1") ?? "";
    form.getInputNode(first)?.focus();
  } else {
    tellFailure(error);
  }
}
