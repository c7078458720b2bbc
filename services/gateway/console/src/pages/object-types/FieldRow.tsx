import { Group, Paper, Select, SimpleGrid, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { FieldJson } from "../../gen/hookline/registry/v1/object_type_pb";
import { useObjectTypes } from "../../parts/objectTypes";
import { RemoveButton } from "../../parts/RemoveButton";
import { keyOf, kinds } from "./kinds";

export interface Values {
  name: string;
  fields: FieldJson[];
}

/** A field of a type of objects: label, key, kind, and for a relation what it points to. */
export function FieldRow({ form, index }: { form: UseFormReturnType<Values>; index: number }) {
  const types = useObjectTypes().data ?? [];
  const field = form.values.fields[index] ?? {};
  const path = `fields.${index}`;
  const number = index + 1;
  // The first line heads those below it.
  const heading = (label: string) => (index === 0 ? label : undefined);
  return (
    <Paper withBorder p="xs">
      <Group wrap="nowrap" gap="xs" align="flex-start">
        <SimpleGrid flex={1} cols={{ base: 1, xs: 2, md: 4 }} spacing="xs">
          <TextInput
            label={heading("Label")}
            aria-label={`Label of field ${number}`}
            placeholder="Label"
            {...form.getInputProps(`${path}.label`)}
          />
          <TextInput
            label={heading("Key")}
            aria-label={`Key of field ${number}`}
            placeholder={keyOf(field.label ?? "") || "key"}
            classNames={{ input: "monospace" }}
            {...form.getInputProps(`${path}.key`)}
          />
          <Select
            label={heading("Kind")}
            aria-label={`Kind of field ${number}`}
            allowDeselect={false}
            searchable
            data={kinds}
            {...form.getInputProps(`${path}.kind`)}
          />
          {field.kind === "FIELD_KIND_RELATION" && (
            <Select
              label={heading("Points to")}
              aria-label={`What field ${number} points to`}
              allowDeselect={false}
              data={types.map((each) => ({ value: String(each.id ?? 0), label: `to ${each.name}` }))}
              value={String(field.related_object_type_id ?? 0)}
              error={form.errors[`${path}.related_object_type_id`]}
              onChange={(chosen) => form.setFieldValue(`${path}.related_object_type_id`, Number(chosen) as never)}
            />
          )}
        </SimpleGrid>
        <RemoveButton
          mt={index === 0 ? 24 : 0}
          label={`Remove field ${number}`}
          onClick={() => form.removeListItem("fields", index)}
        />
      </Group>
    </Paper>
  );
}
