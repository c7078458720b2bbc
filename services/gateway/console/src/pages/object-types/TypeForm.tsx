import { Button, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { patch, post } from "../../api/client";
import type { CreateObjectTypeResponseJson, ObjectTypeJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { Conflict, isConflict } from "../../parts/Conflict";
import { tell } from "../../parts/confirm";
import { useMay } from "../../parts/may";
import { showRefusal } from "../../parts/refusals";
import { FieldRow, type Values } from "./FieldRow";
import { keyOf } from "./kinds";

interface Props {
  /** The type that is edited; one whose etag is empty is to be made. */
  saved: ObjectTypeJson;
  onSaved(type: ObjectTypeJson): void;
  /** Fetches the type as it is now, where somebody else changed it. */
  onReload?(): void;
}

/** The name and the fields of a type of objects. */
export function TypeForm({ saved, onSaved, onReload }: Props) {
  const there = Boolean(saved.etag);
  const may = useMay("MANAGE");
  const form = useForm<Values>({
    initialValues: { name: saved.name ?? "", fields: saved.fields ?? [] },
    validate: { name: (name) => (name.trim() ? null : "Give it a name") },
  });
  const save = useMutation({
    mutationFn: async (over: boolean): Promise<ObjectTypeJson> => {
      const { name, fields } = form.getValues();
      const settings = {
        name: name.trim(),
        fields: fields.map((each) => ({ ...each, key: each.key || keyOf(each.label ?? "") })),
      };
      const answer = there
        ? await patch<CreateObjectTypeResponseJson>(`/v1/objectTypes/${saved.id ?? 0}`, {
            object_type: { ...settings, id: saved.id ?? 0, ...(!over && { etag: saved.etag }) },
            update_mask: "name,fields",
          })
        : await post<CreateObjectTypeResponseJson>("/v1/objectTypes", {
            object_type: settings,
            request_id: crypto.randomUUID(),
          });
      return answer.object_type ?? {};
    },
    onSuccess: (type) => {
      if (there) tell("Saved");
      onSaved(type);
    },
    onError: (error) => {
      if (!isConflict(error)) showRefusal(form, error, "object_type");
    },
  });
  return (
    <Paper withBorder p="md" maw={960} component="form" onSubmit={form.onSubmit(() => save.mutate(false))} noValidate>
      <Stack>
        {isConflict(save.error) && onReload && (
          <Conflict what="this object type" onTheirs={onReload} onMine={() => save.mutate(true)} />
        )}
        <TextInput label="Name" placeholder="Boat" maw={420} {...form.getInputProps("name")} />
        {form.values.fields.map((_field, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: fields are named by their place, since their keys are typed
          <FieldRow key={index} form={form} index={index} />
        ))}
        {form.values.fields.length === 0 && (
          <Text size="sm" c="dimmed">
            It has no fields yet.
          </Text>
        )}
        <Group justify="space-between">
          <Button
            variant="light"
            size="xs"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => form.insertListItem("fields", { label: "", key: "", kind: "FIELD_KIND_TEXT" })}
          >
            Add a field
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!may || (there && !form.isDirty())}>
            {there ? "Save" : "Make the object type"}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
