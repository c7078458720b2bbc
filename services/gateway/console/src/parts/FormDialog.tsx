import { Button, Group, Modal, type ModalProps, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";

interface Props<Values extends object, Saved> extends Pick<ModalProps, "title" | "size" | "children" | "onClose"> {
  opened?: boolean;
  form: UseFormReturnType<Values>;
  /** What the button that saves is called. */
  action: string;
  save(values: Values): Promise<Saved>;
  onSaved(saved: Saved): void;
  /** Told why nothing was saved, to put it next to its field; the dialog stays open. */
  onRefused(error: unknown): void;
}

/** A form in a dialog, with a button that saves it and one that leaves everything as it was. */
export function FormDialog<Values extends object, Saved>({
  opened = true,
  form,
  action,
  save,
  onSaved,
  onRefused,
  children,
  ...modal
}: Props<Values, Saved>) {
  const saving = useMutation({ mutationFn: save, onSuccess: onSaved, onError: onRefused });
  return (
    <Modal opened={opened} {...modal}>
      <form onSubmit={form.onSubmit((values) => saving.mutate(values))} noValidate>
        <Stack>
          {children}
          <Group justify="flex-end">
            <Button variant="default" onClick={modal.onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={saving.isPending}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
