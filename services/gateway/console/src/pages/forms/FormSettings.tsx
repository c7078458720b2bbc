import { NumberInput, SegmentedControl, Select, SimpleGrid, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import type { FormJson } from "../../gen/hookline/registry/v1/form_pb";
import type { RuleActionJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { GuardedForm } from "../../parts/GuardedForm";
import { Actions } from "../../parts/language/Actions";
import { errorsOf } from "../../parts/language/errors";
import { setList } from "../../parts/language/lists";
import { SettleFields } from "../../parts/language/SettleFields";
import { useNames } from "../../parts/language/useNames";
import { Section } from "../../parts/Section";
import { createForm, tryForm, updateForm } from "./api";
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
  const names = useNames(Number(form.values.object_type_id));
  const given = () => {
    const { kind, number, object_type_id, ...rest } = fromValues(form.getValues());
    return saved.id ? { ...rest, id: saved.id } : { kind, number, object_type_id, ...rest };
  };
  const store = (over: boolean) =>
    saved.id ? updateForm({ ...given(), ...(!over && { etag: saved.etag }) }, mask) : createForm(given());
  return (
    <GuardedForm
      maw={860}
      gap="lg"
      form={form}
      message="form"
      there={Boolean(saved.id)}
      make="Define the form"
      store={store}
      check={() => tryForm(given(), mask)}
      onSaved={onSaved}
      onReload={onReload}
    >
      <Identity form={form} fixed={Boolean(saved.id)} />
      {sectionsOf(form.values.kind).map(({ name, label, says }) => (
        <Section key={name} title={label} says={says} error={form.errors[name]}>
          <Actions
            label={label}
            actions={form.values[name]}
            objectTypeId={Number(form.values.object_type_id)}
            errorAt={errorsOf(form.errors, name)}
            onChange={(actions) => setList(form, name, actions)}
          />
        </Section>
      ))}
      <SettleFields form={form} noun={names.noun} />
    </GuardedForm>
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
