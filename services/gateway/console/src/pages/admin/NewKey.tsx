import { Checkbox, type CheckboxGroupProps, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { ApiError, post } from "../../api/client";
import { useSession } from "../../api/session";
import type { CreateKeyResponseJson, ScopeJson } from "../../gen/hookline/registry/v1/account_pb";
import { tellFailure } from "../../parts/confirm";
import { FormDialog } from "../../parts/FormDialog";
import { showOnce } from "../../parts/ShownOnce";

const scopes: { value: ScopeJson; label: string; says: string }[] = [
  { value: "SCOPE_READ", label: "read", says: "May look at everything in the account" },
  { value: "SCOPE_PUBLISH", label: "publish", says: "May publish events" },
  { value: "SCOPE_MANAGE", label: "manage", says: "May change definitions, keys, targets and deliveries" },
];

/** The dialog that makes a key and shows its secret. */
export function NewKey({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const queries = useQueryClient();
  const form = useForm({
    initialValues: { name: "", scopes: ["SCOPE_READ"] as string[], expires: "" },
    validate: {
      name: (name) => (name.trim() ? null : "Give the key a name by which people know it"),
      scopes: (chosen) => (chosen.length ? null : "Choose at least one"),
      expires: (day) => (!day || new Date(`${day}T23:59:59`) > new Date() ? null : "Choose a day that lies ahead"),
    },
  });
  const onSaved = ({ key, secret }: CreateKeyResponseJson) => {
    onClose();
    form.reset();
    queries.invalidateQueries({ queryKey: ["keys"] });
    showOnce(`Key ${key?.name}`, {
      "Application id (Api-Appid)": key?.application_id ?? "",
      "Key (Api-Key)": secret ?? "",
    });
  };
  const onRefused = (error: unknown) => {
    const violations = error instanceof ApiError ? error.violations : [];
    for (const { field, description } of violations) form.setFieldError(field.split("[")[0] ?? field, description);
    if (violations.length === 0) tellFailure(error);
  };
  return (
    <FormDialog
      opened={opened}
      form={form}
      title="New key"
      action="Make the key"
      save={create}
      onSaved={onSaved}
      onRefused={onRefused}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="Where it is used, such as Warehouse import"
        data-autofocus
        {...form.getInputProps("name")}
      />
      <Scopes {...form.getInputProps("scopes")} />
      <TextInput
        type="date"
        label="Last day"
        description="Empty: it never ends by itself"
        {...form.getInputProps("expires")}
      />
    </FormDialog>
  );
}

/** What the key may do: no more than the one that makes it. */
function Scopes(input: Pick<CheckboxGroupProps<string>, "value" | "onChange" | "error">) {
  const { caller } = useSession();
  return (
    <Checkbox.Group label="Scopes" description="A key gives no scope that yours does not have." {...input}>
      <Stack gap="xs" mt="xs">
        {scopes.map(({ value, label, says }) => (
          <Checkbox
            key={value}
            value={value}
            label={label}
            description={says}
            disabled={!caller?.scopes.includes(value)}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}

const create = ({ name, scopes, expires }: { name: string; scopes: string[]; expires: string }) =>
  post<CreateKeyResponseJson>("/v1/keys", {
    name: name.trim(),
    scopes,
    expire_time: expires ? new Date(`${expires}T23:59:59`).toISOString() : undefined,
    request_id: crypto.randomUUID(),
  });
