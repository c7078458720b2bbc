import { Autocomplete, Group, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import type { WebhookJson } from "../../gen/hookline/registry/v1/webhook_pb";
import { mergeFields, useObjectTypes } from "../../parts/objectTypes";
import { CredentialsPart } from "../../parts/target/CredentialsPart";
import { contentTypes } from "../../parts/target/contentTypes";
import { HeadersInput } from "../../parts/target/HeadersInput";
import { credentialRules } from "../../parts/target/missing";
import { SendingFields } from "../../parts/target/SendingFields";
import { TargetForm, type TargetFormProps } from "../../parts/target/TargetForm";
import { DataInput } from "./DataInput";
import { fromValues, mask, toValues, type Values } from "./values";

const methods = ["POST", "GET", "PUT", "PATCH", "DELETE"].map((word) => ({
  value: `HTTP_METHOD_${word}`,
  label: word,
}));

/** The settings of a webhook, saved or to be made, with a preview of its request. */
export function WebhookForm(props: TargetFormProps<WebhookJson>) {
  const { saved } = props;
  const types = useObjectTypes().data ?? [];
  const form = useForm<Values>({
    initialValues: toValues(saved),
    validate: {
      url: (url) => (url.trim() ? null : "Enter the address that requests go to"),
      ...credentialRules(saved?.authentication),
    },
  });
  const labels = mergeFields(types, Number(form.values.object_type_id));
  return (
    <TargetForm
      noun="webhook"
      form={form}
      mask={mask}
      store={fromValues}
      load={toValues}
      sample={(data) => ({ data })}
      {...props}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label="Name" placeholder="Tell the CRM" {...form.getInputProps("name")} />
        <Select
          label="About"
          allowDeselect={false}
          data={types.map((type) => ({ value: String(type.id ?? 0), label: type.name ?? "" }))}
          {...form.getInputProps("object_type_id")}
        />
      </SimpleGrid>
      <Group align="flex-start" wrap="nowrap" gap="xs">
        <Select label="Method" w={110} allowDeselect={false} data={methods} {...form.getInputProps("method")} />
        <TextInput
          label="URL"
          flex={1}
          placeholder="https://receiver.example/hook/[Contact ID]"
          {...form.getInputProps("url")}
        />
      </Group>
      <DataInput form={form} labels={labels} detected={saved?.detected_content_type} />
      <Autocomplete
        label="Content type"
        description="Empty: detected from the data"
        placeholder={saved?.detected_content_type}
        data={contentTypes}
        {...form.getInputProps("content_type")}
      />
      <HeadersInput form={form} saved={saved} />
      <CredentialsPart form={form} saved={saved} />
      <SendingFields form={form} unthrottled="180" />
    </TargetForm>
  );
}
