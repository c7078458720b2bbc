import { Button, Group, Paper, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { useMay } from "../../parts/may";
import { useObjectTypes } from "../../parts/objectTypes";
import { showRefusal } from "../../parts/refusals";
import { createRule } from "./api";
import { TextFields } from "./TextFields";

/** Makes a rule of the text that the original has for it. */
export function RuleFromText({ objectTypeId, onMade }: { objectTypeId: number; onMade(rule: GlobalRuleJson): void }) {
  const types = useObjectTypes().data ?? [];
  const may = useMay("MANAGE");
  const form = useForm({
    initialValues: { name: "", object_type_id: String(objectTypeId), events: "", conditions: "", actions: "" },
  });
  const make = useMutation({
    mutationFn: ({ name, object_type_id, ...text }: typeof form.values) =>
      createRule({ name: name.trim(), object_type_id: Number(object_type_id) }, text),
    onSuccess: onMade,
    onError: (error) => showRefusal(form, error, "text"),
  });
  return (
    <Paper
      withBorder
      p="md"
      maw={760}
      component="form"
      aria-label="A rule of the original"
      onSubmit={form.onSubmit((values) => make.mutate(values))}
      noValidate
    >
      <Stack>
        <Text size="sm">
          Items are joined by a semicolon; of conditions a semicolon means “and”, a bar “or”. An action of the old form,
          with a URL, makes a webhook of it.
        </Text>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput label="Name" {...form.getInputProps("name")} />
          <Select
            label="About"
            allowDeselect={false}
            data={types.map((each) => ({ value: String(each.id ?? 0), label: each.name ?? "" }))}
            {...form.getInputProps("object_type_id")}
          />
        </SimpleGrid>
        <TextFields form={form} />
        <Group justify="flex-end">
          <Button type="submit" loading={make.isPending} disabled={!may}>
            Make the rule
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
