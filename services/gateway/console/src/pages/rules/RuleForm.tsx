import { Box, Button, Grid, Group, Paper, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { Conflict, isConflict } from "../../parts/Conflict";
import { tell } from "../../parts/confirm";
import { Actions } from "../../parts/language/Actions";
import { Conditions } from "../../parts/language/Conditions";
import { errorsOf, isDone } from "../../parts/language/errors";
import { SettleFields } from "../../parts/language/SettleFields";
import { Triggers } from "../../parts/language/Triggers";
import { useCalled } from "../../parts/language/useCalled";
import { useMay } from "../../parts/may";
import { showRefusal } from "../../parts/refusals";
import { Section } from "../../parts/Section";
import { createRule, updateRule } from "./api";
import { Sentence } from "./Sentence";
import { fromValues, mask, said, toValues, type Values } from "./values";

interface Props {
  /** The rule that is edited; one without an id is to be made. */
  saved: GlobalRuleJson;
  onSaved(rule: GlobalRuleJson): void;
  /** Fetches the rule as it is now, where somebody else changed it. */
  onReload?(): void;
  /** Stands beside the form. */
  children?: ReactNode;
}

const validate = {
  triggers: (triggers: Values["triggers"]) => (triggers.length ? null : "Add what sets the rule off"),
  actions: (actions: Values["actions"]) => {
    if (actions.length === 0) return "Add a webhook that is sent";
    return actions.every((each) => each.webhook_id) ? null : "Choose a webhook, or remove the empty line";
  },
};

/** The settings of a rule, with the sentence that they make. */
export function RuleForm({ saved, onSaved, onReload, children }: Props) {
  const form = useForm<Values>({ initialValues: toValues(saved), validate });
  const may = useMay("MANAGE");
  const { values } = form;
  const type = Number(values.object_type_id);
  const names = useCalled(type);
  const save = useMutation({
    mutationFn: (over: boolean) => {
      const rule = fromValues(form.getValues());
      if (!saved.id) return createRule(rule);
      return updateRule({ ...rule, id: saved.id, ...(!over && { etag: saved.etag }) }, mask);
    },
    onSuccess: (rule) => {
      form.resetDirty();
      if (saved.id) tell("Saved");
      onSaved(rule);
    },
    onError: (error) => {
      if (!isConflict(error)) showRefusal(form, error, "rule");
    },
  });
  const set = <Name extends keyof Values>(name: Name, value: Values[Name], about = "") => {
    form.setFieldValue(name, value as never);
    form.setErrors(Object.fromEntries(Object.entries(form.errors).filter(([path]) => !isDone(path, name, about))));
  };
  return (
    <Grid>
      <Grid.Col span={12} hiddenFrom="lg" className="stays">
        <Sentence rule={said(fromValues(values))} names={names} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Paper withBorder p="md" component="form" onSubmit={form.onSubmit(() => save.mutate(false))} noValidate>
          <Stack>
            {isConflict(save.error) && onReload && (
              <Conflict what="this rule" onTheirs={onReload} onMine={() => save.mutate(true)} />
            )}
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput label="Name" placeholder="Welcome the Smiths" {...form.getInputProps("name")} />
              <Select
                label="About"
                allowDeselect={false}
                data={names.objectTypes.map((each) => ({ value: String(each.id ?? 0), label: each.name ?? "" }))}
                {...form.getInputProps("object_type_id")}
              />
            </SimpleGrid>
            <Section title="When" says="Any of these will do." error={form.errors.triggers}>
              <Triggers
                triggers={values.triggers}
                objectTypeId={type}
                names={names}
                dates
                errorAt={errorsOf(form.errors, "triggers")}
                onChange={(triggers, about) => set("triggers", triggers, about)}
              />
            </Section>
            <Section title="If" says={`What must hold of the ${names.noun} after that.`} error={form.errors.any_of}>
              <Conditions
                groups={values.any_of}
                names={names}
                errorAt={errorsOf(form.errors, "any_of")}
                onChange={(any_of, about) => set("any_of", any_of, about)}
              />
            </Section>
            <Section title="Then" says="Webhooks, in this order." error={form.errors.actions}>
              <Actions
                label="Then"
                actions={values.actions}
                objectTypeId={type}
                errorAt={errorsOf(form.errors, "actions")}
                onChange={(actions) => set("actions", actions)}
              />
            </Section>
            <SettleFields form={form} noun={names.noun} />
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending} disabled={!may || (Boolean(saved.id) && !form.isDirty())}>
                {saved.id ? "Save" : "Make the rule"}
              </Button>
            </Group>
          </Stack>
        </Paper>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack className="stays">
          <Box visibleFrom="lg">
            <Sentence rule={said(fromValues(values))} names={names} />
          </Box>
          {children}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
