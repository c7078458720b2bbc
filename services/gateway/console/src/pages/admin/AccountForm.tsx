import { Button, Group, Modal, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { patch, post } from "../../api/client";
import type { AccountJson, PlanJson } from "../../gen/hookline/registry/v1/account_pb";
import { tell } from "../../parts/confirm";
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
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      account.id
        ? patch(`/v1/accounts/${account.id}`, {
            account: { ...values, id: account.id, etag: account.etag },
            update_mask: "name,plan,features",
          })
        : post("/v1/accounts", { account: values, request_id: crypto.randomUUID() }),
    onSuccess: () => {
      tell(account.id ? "Account changed" : "Account made; it has no key yet");
      queries.invalidateQueries({ queryKey: ["accounts"] });
      queries.invalidateQueries({ queryKey: ["account"] });
      onClose();
    },
    onError: (error) => showRefusal(form, error, "account"),
  });
  return (
    <Modal opened onClose={onClose} title={account.id ? `Account ${account.id}` : "New account"}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack>
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
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending}>
              {account.id ? "Save" : "Make the account"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
