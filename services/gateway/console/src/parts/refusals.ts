/** Errors of the API put next to the fields of a form. */

import type { UseFormReturnType } from "@mantine/form";
import { flushSync } from "react-dom";
import { ApiError } from "../api/client";
import { tellFailure } from "./confirm";

/**
 * Puts each violation next to its field, and gives the fields as the form names them: `headers[0].name` is `headers.0.name`.
 * `message` is the name of the message in the request, such as `subscription`, which the paths of its fields begin with.
 */
export function placeViolations<Values extends object>(
  form: UseFormReturnType<Values>,
  error: unknown,
  message: string,
): string[] {
  const violations = error instanceof ApiError ? error.violations : [];
  const mine = violations.filter((violation) => violation.field.startsWith(`${message}.`));
  return mine.map((violation) => {
    const path = violation.field.slice(message.length + 1).replace(/\[(\d+)\]/g, ".$1");
    form.setFieldError(path, violation.description);
    return path;
  });
}

/** Puts each violation next to its field and goes to the first; what belongs to no field of the form is told in a corner. */
export function showRefusal<Values extends object>(
  form: UseFormReturnType<Values>,
  error: unknown,
  message: string,
): void {
  // A part of a form that is closed opens for what is wrong in it, which is to be there before it is gone to.
  const [first] = flushSync(() => placeViolations(form, error, message));
  // The first wrong field is where a person goes on.
  if (first !== undefined) form.getInputNode(first)?.focus();
  else tellFailure(error);
}

/** Goes to the first of what is wrong in a form: where a person goes on, or can at least read it. */
export function revealFirst(form: HTMLFormElement | null): void {
  const wrong = form?.querySelector<HTMLElement>('[aria-invalid="true"]');
  if (wrong) wrong.focus();
  else void form?.querySelector('[role="alert"]')?.scrollIntoView({ block: "center" });
}
