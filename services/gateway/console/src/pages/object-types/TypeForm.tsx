import { Button, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { Plus } from "lucide-react";
import { patch, post } from "../../api/client";
import type { CreateObjectTypeResponseJson, ObjectTypeJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { GuardedForm } from "../../parts/GuardedForm";
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
  const form = useForm<Values>({
    initialValues: { name: saved.name ?? "", fields: saved.fields ?? [] },
    validate: { name: (name) => (name.trim() ? null : "Give it a name") },
  });
  const add = () => form.insertListItem("fields", { label: "", key: "", kind: "FIELD_KIND_TEXT" });
  return (
    <GuardedForm
      maw={960}
      form={form}
      message="object_type"
      there={Boolean(saved.etag)}
      make="Make the object type"
      store={(over) => saveType(saved, form.getValues(), over)}
      onSaved={onSaved}
      onReload={onReload}
      beside={
        <Button variant="light" size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={add}>
          Add a field
        </Button>
      }
    >
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
    </GuardedForm>
  );
}

async function saveType(saved: ObjectTypeJson, { name, fields }: Values, over: boolean): Promise<ObjectTypeJson> {
  const { id = 0, etag } = saved;
  const settings = {
    name: name.trim(),
    fields: fields.map((each) => ({ ...each, key: each.key || keyOf(each.label ?? "") })),
  };
  const answer = etag
    ? await patch<CreateObjectTypeResponseJson>(`/v1/objectTypes/${id}`, {
        object_type: { ...settings, id, ...(!over && { etag }) },
        update_mask: "name,fields",
      })
    : await post<CreateObjectTypeResponseJson>("/v1/objectTypes", {
        object_type: settings,
        request_id: crypto.randomUUID(),
      });
  return answer.object_type ?? {};
}
