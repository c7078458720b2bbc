import {
  Button,
  Group,
  NumberInput,
  Paper,
  SegmentedControl,
  Select,
  SimpleGrid,
  Stack,
  TextInput,
} from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import type { FormJson } from "../../gen/hookline/registry/v1/form_pb";
import type { RuleActionJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { Conflict, isConflict } from "../../parts/Conflict";
import { tell } from "../../parts/confirm";
import { Actions } from "../../parts/language/Actions";
import { errorsOf, isDone } from "../../parts/language/errors";
import { SettleFields } from "../../parts/language/SettleFields";
import { useNames } from "../../parts/language/useNames";
import { useMay } from "../../parts/may";
import { showRefusal } from "../../parts/refusals";
import { Section } from "../../parts/Section";
import { createForm, updateForm } from "./api";
import { fromValues, mask, sectionsOf, toValues, type Values } from "./values";

interface Props {
  /** The form that is edited; one without an id is to be made. */
  saved: FormJson;
  onSaved(form: FormJson): void;
  /** Fetches the form as it is now, where somebody else changed it. */
  onReload?(): void;
}

const whole = (actions: RuleActionJson[]) =>
  actions.every((each) => each.webhook_id) ? null : "Choose a webhook, or remove the empty line";

/** The settings of a form: its sections with the webhooks that each sends. */
export function FormSettings({ saved, onSaved, onReload }: Props) {
  const form = useForm<Values>({
    initialValues: toValues(saved),
    validate: { always_on: whole, payment_successful: whole, payment_failed: whole },
  });
  const may = useMay("MANAGE");
  const names = useNames(Number(form.values.object_type_id));
  const save = useMutation({
    mutationFn: (over: boolean) => {
      const { kind, number, object_type_id, ...rest } = fromValues(form.getValues());
      if (!saved.id) return createForm({ kind, number, object_type_id, ...rest });
      return updateForm({ ...rest, id: saved.id, ...(!over && { etag: saved.etag }) }, mask);
    },
    onSuccess: (next) => {
      form.resetDirty();
      if (saved.id) tell("Saved");
      onSaved(next);
    },
    onError: (error) => {
      if (!isConflict(error)) showRefusal(form, error, "form");
    },
  });
  return (
    <Paper withBorder p="md" maw={860} component="form" onSubmit={form.onSubmit(() => save.mutate(false))} noValidate>
      <Stack gap="lg">
        {isConflict(save.error) && onReload && (
          <Conflict what="this form" onTheirs={onReload} onMine={() => save.mutate(true)} />
        )}
        <Identity form={form} fixed={Boolean(saved.id)} />
        {sectionsOf(form.values.kind).map(({ name, label, says }) => (
          <Section key={name} title={label} says={says} error={form.errors[name]}>
            <Actions
              label={label}
              actions={form.values[name]}
              objectTypeId={Number(form.values.object_type_id)}
              errorAt={errorsOf(form.errors, name)}
              onChange={(actions) => {
                form.setFieldValue(name, actions);
                form.setErrors(
                  Object.fromEntries(Object.entries(form.errors).filter(([path]) => !isDone(path, name, ""))),
                );
              }}
            />
          </Section>
        ))}
        <SettleFields form={form} noun={names.noun} />
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending} disabled={!may || (Boolean(saved.id) && !form.isDirty())}>
            {saved.id ? "Save" : "Define the form"}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

/** Which form it is: all but the name stay as they are once it is defined. */
function Identity({ form, fixed }: { form: UseFormReturnType<Values>; fixed: boolean }) {
  const { objectTypes } = useNames(0);
  return (
    <>
      {!fixed && (
        <SegmentedControl
          aria-label="Kind"
          maw={320}
          data={[
            { value: "FORM_KIND_FORM", label: "Form" },
            { value: "FORM_KIND_ORDER_FORM", label: "Order form" },
          ]}
          {...form.getInputProps("kind")}
        />
      )}
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <TextInput label="Name" placeholder="Checkout" {...form.getInputProps("name")} />
        <NumberInput
          label="Number in the CRM"
          placeholder="the lowest free one"
          disabled={fixed}
          min={1}
          max={2147483647}
          allowDecimal={false}
          {...form.getInputProps("number")}
        />
        <Select
          label="Submitted by"
          disabled={fixed}
          allowDeselect={false}
          data={objectTypes.map((each) => ({ value: String(each.id ?? 0), label: each.name ?? "" }))}
          {...form.getInputProps("object_type_id")}
        />
      </SimpleGrid>
    </>
  );
}
