import { Button, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { tell } from "../../parts/confirm";
import { useMay } from "../../parts/may";
import { showRefusal } from "../../parts/refusals";
import { updateRule } from "./api";
import { TextFields } from "./TextFields";

/** The saved rule in the original's grammar, to be copied from here and to be replaced by another text. */
export function RuleText({ saved, onRead }: { saved: GlobalRuleJson; onRead(rule: GlobalRuleJson): void }) {
  const queries = useQueryClient();
  const may = useMay("MANAGE");
  const { events = "", conditions = "", actions = "" } = saved.text ?? {};
  const form = useForm({ initialValues: { events, conditions, actions } });
  const read = useMutation({
    // An update must name a field besides the text: the name, as it is.
    mutationFn: (text: typeof form.values) =>
      updateRule({ id: saved.id, etag: saved.etag, name: saved.name ?? "" }, "name", text),
    onSuccess: (rule) => {
      tell("Read and saved");
      queries.invalidateQueries({ queryKey: ["webhooks"] });
      onRead(rule);
    },
    onError: (error) => showRefusal(form, error, "text"),
  });
  return (
    <Paper
      withBorder
      p="md"
      component="form"
      aria-label="The rule as text"
      onSubmit={form.onSubmit((values) => read.mutate(values))}
      noValidate
    >
      <Stack gap="sm">
        <Title order={2} size="h4">
          As text
        </Title>
        <Text size="sm" c="dimmed">
          The rule as it is saved, in the original's grammar. Another text replaces triggers, conditions and webhooks.
        </Text>
        <TextFields form={form} />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={read.isPending} disabled={!may || !form.isDirty()}>
            Save this text
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
