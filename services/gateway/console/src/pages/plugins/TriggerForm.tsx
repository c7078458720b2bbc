import { Select, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { ApiError } from "../../api/client";
import { tell } from "../../parts/confirm";
import { FormDialog } from "../../parts/FormDialog";
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
  const onSaved = () => {
    tell(saved.id ? "Saved" : "The trigger is made");
    queries.invalidateQueries({ queryKey: ["triggers"] });
    onClose();
  };
  const onRefused = (error: unknown) => {
    const said = flaws(error);
    if (said) form.setFieldError("configuration", said);
    else showRefusal(form, error, "trigger");
  };
  return (
    <FormDialog
      form={form}
      size="lg"
      title={saved.id ? "Edit the trigger" : "New trigger"}
      action={saved.id ? "Save" : "Make the trigger"}
      save={({ name, kind, configuration }) =>
        saveTrigger({
          id: saved.id,
          etag: saved.etag,
          name: name.trim(),
          kind,
          configuration: sampleData(configuration).data,
        })
      }
      onSaved={onSaved}
      onRefused={onRefused}
      onClose={onClose}
    >
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
    </FormDialog>
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
