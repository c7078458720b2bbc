import { Button, Group, Paper, type PaperProps, Stack, type StackProps } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useRef } from "react";
import { Conflict, isConflict } from "./Conflict";
import { tell } from "./confirm";
import { useMay } from "./may";
import { revealFirst, showRefusal } from "./refusals";
import { useChecking } from "./useChecking";

interface Props<Values extends object, Saved> extends Pick<PaperProps, "maw">, Pick<StackProps, "gap"> {
  form: UseFormReturnType<Values>;
  /** What is edited, as the paths of refused fields begin: `object_type`. */
  message: string;
  /** Whether it is saved already; else it is made. */
  there: boolean;
  /** What the button is called that makes it. */
  make: string;
  /** Saves the form; `over` whatever somebody else has saved meanwhile. */
  store(over: boolean): Promise<Saved>;
  /** Has the server check the form without saving it, while a person edits. */
  check?(): Promise<unknown>;
  onSaved(saved: Saved): void;
  /** Fetches it as it is now, where somebody else changed it. */
  onReload?(): void;
  /** Stands beside the button that saves. */
  beside?: ReactNode;
  children: ReactNode;
}

/** A form of something that others may change at the same time: whoever comes second is asked whose changes stay. */
export function GuardedForm<Values extends object, Saved>(props: Props<Values, Saved>) {
  const { form, message, there, make, store, check, onSaved, onReload, beside, maw, gap, children } = props;
  const may = useMay("MANAGE");
  const shown = useRef<HTMLFormElement>(null);
  useChecking(form, message, may ? check : undefined);
  const save = useMutation({
    mutationFn: store,
    onSuccess: (saved) => {
      form.resetDirty();
      if (there) tell("Saved");
      onSaved(saved);
    },
    onError: (error) => {
      if (!isConflict(error)) showRefusal(form, error, message);
    },
  });
  return (
    <Paper
      withBorder
      p="md"
      maw={maw}
      component="form"
      ref={shown}
      onSubmit={form.onSubmit(
        () => save.mutate(false),
        () => requestAnimationFrame(() => revealFirst(shown.current)),
      )}
      noValidate
    >
      <Stack gap={gap}>
        {isConflict(save.error) && onReload && (
          <Conflict what={`this ${message.replace("_", " ")}`} onTheirs={onReload} onMine={() => save.mutate(true)} />
        )}
        {children}
        <Group justify={beside ? "space-between" : "flex-end"}>
          {beside}
          <Button type="submit" loading={save.isPending} disabled={!may || (there && !form.isDirty())}>
            {there ? "Save" : make}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
