import { Box, Grid, Select, SimpleGrid, Stack, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import type { ReactNode } from "react";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { GuardedForm } from "../../parts/GuardedForm";
import { Actions } from "../../parts/language/Actions";
import { Conditions } from "../../parts/language/Conditions";
import { errorsOf } from "../../parts/language/errors";
import { setList } from "../../parts/language/lists";
import { SettleFields } from "../../parts/language/SettleFields";
import { Triggers } from "../../parts/language/Triggers";
import { useCalled } from "../../parts/language/useCalled";
import type { Vocabulary } from "../../parts/language/useNames";
import { Section } from "../../parts/Section";
import { createRule, tryRule, updateRule } from "./api";
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
  const names = useCalled(Number(form.values.object_type_id));
  const sentence = <Sentence rule={said(fromValues(form.values))} names={names} />;
  const store = (over: boolean) => {
    const rule = fromValues(form.getValues());
    if (!saved.id) return createRule(rule);
    return updateRule({ ...rule, id: saved.id, ...(!over && { etag: saved.etag }) }, mask);
  };
  return (
    <Grid>
      <Grid.Col span={12} hiddenFrom="lg" className="stays">
        {sentence}
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <GuardedForm
          form={form}
          message="rule"
          there={Boolean(saved.id)}
          make="Make the rule"
          store={store}
          check={() => tryRule({ ...fromValues(form.getValues()), id: saved.id }, mask)}
          onSaved={onSaved}
          onReload={onReload}
        >
          <Fields form={form} names={names} />
        </GuardedForm>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <Stack className="stays">
          <Box visibleFrom="lg">{sentence}</Box>
          {children}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function Fields({ form, names }: { form: UseFormReturnType<Values>; names: Vocabulary }) {
  const { values } = form;
  const type = Number(values.object_type_id);
  return (
    <>
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
          onChange={(triggers, about) => setList(form, "triggers", triggers, about)}
        />
      </Section>
      <Section title="If" says={`What must hold of the ${names.noun} after that.`} error={form.errors.any_of}>
        <Conditions
          groups={values.any_of}
          names={names}
          errorAt={errorsOf(form.errors, "any_of")}
          onChange={(any_of, about) => setList(form, "any_of", any_of, about)}
        />
      </Section>
      <Section title="Then" says="Webhooks, in this order." error={form.errors.actions}>
        <Actions
          label="Then"
          actions={values.actions}
          objectTypeId={type}
          errorAt={errorsOf(form.errors, "actions")}
          onChange={(actions) => setList(form, "actions", actions)}
        />
      </Section>
      <SettleFields form={form} noun={names.noun} />
    </>
  );
}
