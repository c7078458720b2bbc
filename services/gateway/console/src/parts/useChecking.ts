import type { UseFormReturnType } from "@mantine/form";
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useRef } from "react";
import { placeViolations } from "./refusals";

/** Milliseconds without a change after which a form is checked. */
const QUIET = 600;

/**
 * Has the server check a form that was changed, each time a person pauses, and puts what is wrong next to the fields. `check`
 * sends it with `validate_only`, so nothing is written. What cannot be checked now is told when the form is saved.
 */
export function useChecking<Values extends object>(
  form: UseFormReturnType<Values>,
  message: string,
  check?: () => Promise<unknown>,
) {
  const placed = useRef<string[]>([]);
  const latest = useRef({ form, message, check });
  latest.current = { form, message, check };
  const [quiet] = useDebouncedValue(form.values, QUIET);
  useEffect(() => {
    const { form, message, check } = latest.current;
    // While something is typed, or the form itself knows what is missing, the server is not asked.
    if (!check || quiet !== form.values || !form.isDirty() || !form.isValid()) return;
    let current = true;
    const told = (error: unknown) => {
      if (!current || quiet !== latest.current.form.values) return;
      for (const path of placed.current) form.clearFieldError(path);
      placed.current = placeViolations(form, error, message);
    };
    check().then(() => told(null), told);
    return () => {
      current = false;
    };
  }, [quiet]);
}
