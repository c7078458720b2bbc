import { Select, SimpleGrid, TextInput } from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import type { SubscriptionJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { SettleFields } from "../../parts/language/SettleFields";
import { CredentialsPart } from "../../parts/target/CredentialsPart";
import { contentTypes } from "../../parts/target/contentTypes";
import { HeadersInput } from "../../parts/target/HeadersInput";
import { credentialRules } from "../../parts/target/missing";
import { SendingFields } from "../../parts/target/SendingFields";
import { TargetForm, type TargetFormProps } from "../../parts/target/TargetForm";
import { events } from "./events";
import { fromValues, mask, sampleEvent, toValues, type Values } from "./values";

const formats = [
  { value: "PAYLOAD_FORMAT_FULL", label: "full: every field" },
  { value: "PAYLOAD_FORMAT_LIGHTWEIGHT", label: "lightweight: id, names and email" },
  { value: "PAYLOAD_FORMAT_NOTIFY", label: "notify: the id" },
];

/** The settings of a subscription, saved or to be made, with a preview of its request. */
export function SubscriptionForm(props: TargetFormProps<SubscriptionJson>) {
  const { saved } = props;
  const form = useForm<Values>({
    initialValues: toValues(saved),
    validate: {
      url: (url) => (url.trim() ? null : "Enter the address that requests go to"),
      number: (number) => (/^\d*$/.test(number.trim()) ? null : "Enter a number, or leave it empty for all"),
      ...credentialRules(saved?.authentication),
    },
  });
  return (
    <TargetForm
      noun="subscription"
      form={form}
      mask={mask}
      store={fromValues}
      load={toValues}
      sample={(data) => ({ event: data && sampleEvent(form.values, data) })}
      {...props}
    >
      <EventFields form={form} />
      <TextInput label="URL" placeholder="https://receiver.example/hook" type="url" {...form.getInputProps("url")} />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select label="Format" allowDeselect={false} data={formats} {...form.getInputProps("format")} />
        <Select
          label="Content type"
          allowDeselect={false}
          data={offered(form.values.content_type)}
          {...form.getInputProps("content_type")}
        />
      </SimpleGrid>
      <HeadersInput form={form} saved={saved} />
      <CredentialsPart form={form} saved={saved} />
      <SendingFields form={form} unthrottled="no throttle" />
      <SettleFields form={form} noun="object" />
    </TargetForm>
  );
}

/** What is subscribed to, and of what. */
function EventFields({ form }: { form: UseFormReturnType<Values> }) {
  const numbered = events.find((each) => each.type === form.values.event)?.number;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Select
        label="Event"
        allowDeselect={false}
        data={events.map(({ type, label }) => ({ value: type, label }))}
        {...form.getInputProps("event")}
      />
      {numbered && (
        <TextInput
          label={numbered}
          description="Its number; empty: all of them"
          inputMode="numeric"
          inputWrapperOrder={["label", "input", "description", "error"]}
          {...form.getInputProps("number")}
        />
      )}
    </SimpleGrid>
  );
}

const words: Record<string, string> = {
  "application/x-www-form-urlencoded": "form, URL-encoded",
  "application/json": "JSON",
  "application/xml": "XML",
  "text/plain": "plain text",
};

/** The choices, among them what is chosen; one that a plugin adds goes by its name. */
function offered(chosen: string) {
  const all = contentTypes.includes(chosen) ? contentTypes : [...contentTypes, chosen];
  return all.map((value) => ({ value, label: words[value] ?? value }));
}
