import { Button, Group, Modal, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../../api/client";
import { tell } from "../../parts/confirm";
import { showRefusal } from "../../parts/refusals";
import { sampleData } from "../../parts/target/PreviewPanel";
import { saveTrigger, type Trigger } from "./triggers";

interface Props {
  /** The trigger that is edited; one without an id is to be made. */
  saved: Trigger;
  kinds: string[];
  onClose(): void;
}

/** A trigger with its configuration as JSON, which the plugin checks. */
export function TriggerForm({ saved, kinds, onClose }: Props) {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: {
      name: saved.name ?? "",
      kind: saved.kind ?? "",
      configuration: JSON.stringify(saved.configuration ?? {}, null, 2),
    },
    validate: { configuration: (text) => sampleData(text).fault ?? null },
  });
  const save = useMutation({
    mutationFn: ({ name, kind, configuration }: typeof form.values) =>
      saveTrigger({
        id: saved.id,
        etag: saved.etag,
        name: name.trim(),
        kind,
        configuration: sampleData(configuration).data,
      }),
    onSuccess: () => {
      tell(saved.id ? "Saved" : "The trigger is made");
      queries.invalidateQueries({ queryKey: ["triggers"] });
      onClose();
    },
    onError: (error) => {
      const said = flaws(error);
      if (said) form.setFieldError("configuration", said);
      else showRefusal(form, error, "trigger");
    },
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={saved.id ? "Edit the trigger" : "New trigger"}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack>
          <TextInput label="Name" data-autofocus {...form.getInputProps("name")} />
          <Select
            label="Kind"
            allowDeselect={false}
            disabled={Boolean(saved.id)}
            data={kinds}
            {...form.getInputProps("kind")}
          />
          <Textarea
            label="Configuration, as JSON"
            description="What belongs in it is told by the plugin that adds the kind."
            autosize
            minRows={4}
            maxRows={20}
            spellCheck={false}
            classNames={{ input: "monospace" }}
            {...form.getInputProps("configuration")}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {saved.id ? "Save" : "Make the trigger"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const prefix = "trigger.configuration";

/** What the plugin says of the configuration, each with where it stands; nothing where that is not what is wrong. */
function flaws(error: unknown): string {
  const violations = error instanceof ApiError ? error.violations : [];
  return violations
    .filter(({ field }) => field.startsWith(prefix))
    .map(({ field, description }) => [field.slice(prefix.length + 1), description].filter(Boolean).join(": "))
    .join("; ");
}
