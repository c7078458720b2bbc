import { Button, Group, Paper, Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { ReactNode } from "react";
import { post } from "../../api/client";
import type { PreviewJson } from "../../gen/hookline/dispatcher/v1/preview_service_pb";
import { PreviewPanel } from "./PreviewPanel";
import { type Kept, type SavedTarget, useTargetSave } from "./useTargetSave";

interface Props<Values extends object> extends Kept<Values> {
  form: UseFormReturnType<Values>;
  /** The target that is changed; none: one is made. */
  saved?: SavedTarget;
  /** What a preview is asked for besides the settings, given the data of a sample object. */
  sample(data?: Record<string, unknown>): object;
  /** The fields. */
  children: ReactNode;
}

/** The form around the settings of a subscription or a webhook, and below it the preview of its request. */
export function TargetForm<Values extends object>({ form, saved, sample, children, ...kept }: Props<Values>) {
  const { noun, store } = kept;
  const { save, refused } = useTargetSave(form, kept, saved);
  const render = async (data?: Record<string, unknown>) => {
    const asked = { [noun]: store(form.values), ...sample(data) };
    return (await post<{ preview?: PreviewJson }>(`/v1/${noun}s:preview`, asked)).preview;
  };
  return (
    <Stack>
      <Paper withBorder p="md" component="form" onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack>
          {children}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={Boolean(saved) && !form.isDirty()}>
              {saved ? "Save" : `Make the ${noun}`}
            </Button>
          </Group>
        </Stack>
      </Paper>
      <PreviewPanel render={render} onRefused={refused} />
    </Stack>
  );
}
