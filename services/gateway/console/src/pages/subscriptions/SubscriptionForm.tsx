import { Button, Group, NumberInput, Paper, Select, SimpleGrid, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { patch, post } from "../../api/client";
import type { PreviewSubscriptionResponseJson } from "../../gen/hookline/dispatcher/v1/preview_service_pb";
import type {
  CreateSubscriptionResponseJson,
  HeaderJson,
  PayloadFormatJson,
  SubscriptionJson,
  UpdateSubscriptionResponseJson,
} from "../../gen/hookline/registry/v1/subscription_pb";
import { tell } from "../../parts/confirm";
import { showRefusal } from "../../parts/refusals";
import { showOnce } from "../../parts/ShownOnce";
import { HeadersInput } from "../../parts/target/HeadersInput";
import { PreviewPanel } from "../../parts/target/PreviewPanel";
import { SendingFields } from "../../parts/target/SendingFields";
import { fromForm, type Sending, sendingMask, toForm } from "../../parts/target/sending";
import { events, joined, split } from "./events";

interface Values extends Sending {
  event: string;
  number: string;
  url: string;
  format: PayloadFormatJson;
  content_type: string;
  headers: HeaderJson[];
  quiet: number | "";
}

const mask = ["event", "url", "format", "content_type", "headers", "settle", ...sendingMask].join(",");
const formats = [
  { value: "PAYLOAD_FORMAT_FULL", label: "full: every field" },
  { value: "PAYLOAD_FORMAT_LIGHTWEIGHT", label: "lightweight: id, names and email" },
  { value: "PAYLOAD_FORMAT_NOTIFY", label: "notify: the id" },
];
const contentTypes = ["application/x-www-form-urlencoded", "application/json", "application/xml", "text/plain"];

/** The settings of a subscription, saved or to be made, with a preview of its request. */
export function SubscriptionForm({ saved }: { saved?: SubscriptionJson }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const form = useForm<Values>({
    initialValues: initial(saved),
    validate: {
      url: (url) => (url.trim() ? null : "Enter the address that requests go to"),
      number: (number) => (/^\d*$/.test(number.trim()) ? null : "Enter a number, or leave it empty for all"),
    },
  });
  const known = events.find((each) => each.type === form.values.event);
  const save = useMutation({
    mutationFn: (values: Values) =>
      saved
        ? patch<UpdateSubscriptionResponseJson>(`/v1/subscriptions/${saved.id}`, {
            subscription: { ...toSubscription(values), id: saved.id, etag: saved.etag },
            update_mask: mask,
          })
        : post<CreateSubscriptionResponseJson>("/v1/subscriptions", {
            subscription: toSubscription(values),
            request_id: crypto.randomUUID(),
          }),
    onSuccess: (answer) => {
      queries.invalidateQueries({ queryKey: ["subscriptions"] });
      queries.invalidateQueries({ queryKey: ["subscription"] });
      if (saved) return tell("Saved");
      navigate(`/subscriptions/${answer.subscription?.id}`);
      const secret = (answer as CreateSubscriptionResponseJson).signing_secret ?? "";
      showOnce("The subscription is made", { "Signing secret": secret });
    },
    onError: (error) => refused(error),
  });
  const refused = (error: unknown) => showRefusal(form, error, "subscription");
  const render = async (data?: Record<string, unknown>) =>
    (
      await post<PreviewSubscriptionResponseJson>("/v1/subscriptions:preview", {
        subscription: toSubscription(form.values),
        event: data && sampleEvent(form.values, data),
      })
    ).preview;
  return (
    <Stack>
      <Paper withBorder p="md" component="form" onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack>
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select
              label="Event"
              allowDeselect={false}
              data={events.map(({ type, label }) => ({ value: type, label }))}
              {...form.getInputProps("event")}
            />
            {known?.number && (
              <TextInput
                label={known.number}
                description="Its number; empty: all of them"
                inputMode="numeric"
                inputWrapperOrder={["label", "input", "description", "error"]}
                {...form.getInputProps("number")}
              />
            )}
          </SimpleGrid>
          <TextInput
            label="URL"
            placeholder="https://receiver.example/hook"
            type="url"
            {...form.getInputProps("url")}
          />
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select label="Format" allowDeselect={false} data={formats} {...form.getInputProps("format")} />
            <Select
              label="Content type"
              allowDeselect={false}
              data={withOwn(form.values.content_type)}
              {...form.getInputProps("content_type")}
            />
          </SimpleGrid>
          <HeadersInput form={form} />
          <SendingFields form={form} unthrottled="no throttle" />
          <Switch
            label="Wait until the object is quiet"
            description="Then only the last event of a run is sent, with the newest data."
            checked={form.values.quiet !== ""}
            onChange={(event) => form.setFieldValue("quiet", event.currentTarget.checked ? 30 : "")}
          />
          {form.values.quiet !== "" && (
            <NumberInput
              label="Quiet for"
              description="1 to 3600 seconds"
              suffix=" s"
              min={1}
              max={3600}
              {...form.getInputProps("quiet")}
            />
          )}
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={Boolean(saved) && !form.isDirty()}>
              {saved ? "Save" : "Make the subscription"}
            </Button>
          </Group>
        </Stack>
      </Paper>
      <PreviewPanel render={render} onRefused={refused} />
    </Stack>
  );
}

function initial(saved: SubscriptionJson = {}): Values {
  const { type, number } = split(saved.event ?? "sub_tag");
  const quiet = saved.settle?.quiet ? Number.parseFloat(saved.settle.quiet) : 0;
  return {
    event: type,
    number,
    url: saved.url ?? "",
    format: saved.format && saved.format !== "PAYLOAD_FORMAT_UNSPECIFIED" ? saved.format : "PAYLOAD_FORMAT_FULL",
    content_type: saved.content_type || "application/x-www-form-urlencoded",
    headers: saved.headers ?? [],
    quiet: quiet || "",
    ...toForm(saved),
  };
}

function toSubscription(values: Values): SubscriptionJson {
  const numbered = events.find((each) => each.type === values.event)?.number;
  return {
    event: joined(values.event, numbered ? values.number : ""),
    url: values.url.trim(),
    format: values.format,
    content_type: values.content_type,
    headers: values.headers.filter(({ name, value }) => name || value),
    settle: values.quiet === "" ? undefined : { quiet: `${values.quiet}s` },
    ...fromForm(values),
  };
}

/** An event that the subscription fires for, about an object with these data. */
function sampleEvent({ event, number }: Values, data: Record<string, unknown>) {
  const parameters: Record<string, string> = {
    object_create: "object_type_id",
    object_submits_form: "form_id",
    sub_tag: "tag_id",
    unsub_tag: "tag_id",
    purchase_product: "product_id",
    transaction_created_with_product: "product_id",
  };
  const parameter = parameters[event];
  const params = parameter && parameter !== "object_type_id" ? { [parameter]: number || "1" } : {};
  return {
    type: event,
    params,
    object_type_id: event === "object_create" ? Number(number || 0) : 0,
    object_id: String(data.id ?? "1"),
    data,
  };
}

function withOwn(contentType: string): string[] {
  return contentTypes.includes(contentType) ? contentTypes : [...contentTypes, contentType];
}
