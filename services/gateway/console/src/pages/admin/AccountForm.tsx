import { Select, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { patch, post } from "../../api/client";
import type { AccountJson, PlanJson } from "../../gen/hookline/registry/v1/account_pb";
import { tell } from "../../parts/confirm";
import { FormDialog } from "../../parts/FormDialog";
import { showRefusal } from "../../parts/refusals";
import { plans } from "./plans";

/** The dialog that makes an account or, for one with an id, changes it. */
export function AccountForm({ account, onClose }: { account: AccountJson; onClose(): void }) {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: {
      name: account.name ?? "",
      plan: account.plan as PlanJson,
      features: {
        global_rules: account.features?.global_rules ?? false,
        form_rules: account.features?.form_rules ?? false,
      },
    },
    validate: { name: (name) => (name.trim() ? null : "Give the account a name") },
  });
  const onSaved = () => {
    tell(account.id ? "Account changed" : "Account made; it has no key yet");
    queries.invalidateQueries({ queryKey: ["accounts"] });
    queries.invalidateQueries({ queryKey: ["account"] });
    onClose();
  };
  return (
    <FormDialog
      form={form}
      title={account.id ? `Account ${account.id}` : "New account"}
      action={account.id ? "Save" : "Make the account"}
      save={(values) => saveAccount(account, values)}
      onSaved={onSaved}
      onRefused={(error) => showRefusal(form, error, "account")}
      onClose={onClose}
    >
      <TextInput label="Name" data-autofocus {...form.getInputProps("name")} />
      <Select
        label="Plan"
        allowDeselect={false}
        data={plans.map(({ value, label, gets }) => ({ value, label: `${label}: ${gets}` }))}
        {...form.getInputProps("plan")}
      />
      <Switch
        label="Global Rules"
        description="Needs the plan Pro"
        {...form.getInputProps("features.global_rules", { type: "checkbox" })}
      />
      <Switch
        label="Rules for Form Submissions"
        description="Needs the plan Pro"
        {...form.getInputProps("features.form_rules", { type: "checkbox" })}
      />
    </FormDialog>
  );
}

const saveAccount = ({ id, etag }: AccountJson, values: Pick<AccountJson, "name" | "plan" | "features">) =>
  id
    ? patch(`/v1/accounts/${id}`, { account: { ...values, id, etag }, update_mask: "name,plan,features" })
    : post("/v1/accounts", { account: values, request_id: crypto.randomUUID() });
