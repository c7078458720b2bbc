import {
  Autocomplete,
  Button,
  Group,
  Paper,
  Select,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
} from "@mantine/core";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { useNavigate } from "react-router";
import { patch, post } from "../../api/client";
import type { PreviewWebhookResponseJson } from "../../gen/hookline/dispatcher/v1/preview_service_pb";
import type { HeaderJson } from "../../gen/hookline/registry/v1/subscription_pb";
import type {
  CreateWebhookResponseJson,
  HttpMethodJson,
  UpdateWebhookResponseJson,
  WebhookJson,
} from "../../gen/hookline/registry/v1/webhook_pb";
import { tell } from "../../parts/confirm";
import { mergeFields, useObjectTypes } from "../../parts/objectTypes";
import { showRefusal } from "../../parts/refusals";
import { showOnce } from "../../parts/ShownOnce";
import { HeadersInput } from "../../parts/target/HeadersInput";
import { PreviewPanel } from "../../parts/target/PreviewPanel";
import { SendingFields } from "../../parts/target/SendingFields";
import { fromForm, type Sending, sendingMask, toForm } from "../../parts/target/sending";
import { MergeFieldMenu } from "./MergeFieldMenu";

interface Values extends Sending {
  name: string;
  object_type_id: string;
  url: string;
  method: HttpMethodJson;
  headers: HeaderJson[];
  data: string;
  content_type: string;
}

const mask = ["name", "object_type_id", "url", "method", "headers", "data", "content_type", ...sendingMask].join(",");
const methods = ["POST", "GET", "PUT", "PATCH", "DELETE"].map((word) => ({
  value: `HTTP_METHOD_${word}`,
  label: word,
}));
const contentTypes = ["application/x-www-form-urlencoded", "application/json", "application/xml", "text/plain"];

/** The settings of a webhook, saved or to be made, with a preview of its request. */
export function WebhookForm({ saved }: { saved?: WebhookJson }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const types = useObjectTypes().data ?? [];
  const form = useForm<Values>({
    initialValues: initial(saved),
    validate: { url: (url) => (url.trim() ? null : "Enter the address that requests go to") },
  });
  const save = useMutation({
    mutationFn: (values: Values) =>
      saved
        ? patch<UpdateWebhookResponseJson>(`/v1/webhooks/${saved.id}`, {
            webhook: { ...toWebhook(values), id: saved.id, etag: saved.etag },
            update_mask: mask,
          })
        : post<CreateWebhookResponseJson>("/v1/webhooks", {
            webhook: toWebhook(values),
            request_id: crypto.randomUUID(),
          }),
    onSuccess: (answer) => {
      queries.invalidateQueries({ queryKey: ["webhooks"] });
      queries.invalidateQueries({ queryKey: ["webhook"] });
      if (saved) return tell("Saved");
      navigate(`/webhooks/${answer.webhook?.id}`);
      const secret = (answer as CreateWebhookResponseJson).signing_secret ?? "";
      showOnce("The webhook is made", { "Signing secret": secret });
    },
    onError: (error) => refused(error),
  });
  const refused = (error: unknown) => showRefusal(form, error, "webhook");
  const render = async (data?: Record<string, unknown>) =>
    (await post<PreviewWebhookResponseJson>("/v1/webhooks:preview", { webhook: toWebhook(form.values), data })).preview;
  const labels = mergeFields(types, Number(form.values.object_type_id));
  return (
    <Stack>
      <Paper withBorder p="md" component="form" onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack>
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
          <Data form={form} labels={labels} detected={saved?.detected_content_type} />
          <Autocomplete
            label="Content type"
            description="Empty: detected from the data"
            placeholder={saved?.detected_content_type}
            data={contentTypes}
            {...form.getInputProps("content_type")}
          />
          <HeadersInput form={form} />
          <SendingFields form={form} unthrottled="180" />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={Boolean(saved) && !form.isDirty()}>
              {saved ? "Save" : "Make the webhook"}
            </Button>
          </Group>
        </Stack>
      </Paper>
      <PreviewPanel render={render} onRefused={refused} />
    </Stack>
  );
}

/** The text that is sent, and the menu that puts a merge field where the cursor stands. */
function Data({ form, labels, detected }: { form: UseFormReturnType<Values>; labels: string[]; detected?: string }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const insert = (field: string) => {
    const { selectionStart, selectionEnd } = area.current ?? { selectionStart: 0, selectionEnd: 0 };
    const text = form.values.data;
    form.setFieldValue("data", text.slice(0, selectionStart) + field + text.slice(selectionEnd));
    area.current?.focus();
  };
  return (
    <Stack gap={4}>
      <Textarea
        label="Data"
        description="A form, JSON, XML or plain text, with merge fields such as [First Name] or [Email|none]"
        placeholder={"First_Name=[First Name]&Email=[Email|none]"}
        autosize
        minRows={4}
        maxRows={20}
        classNames={{ input: "monospace" }}
        ref={area}
        {...form.getInputProps("data")}
      />
      <Group justify="space-between">
        <MergeFieldMenu labels={labels} onChoose={insert} />
        {detected && !form.isDirty("data") && (
          <Text size="sm" c="dimmed">
            Sent as {detected}
          </Text>
        )}
      </Group>
    </Stack>
  );
}

function initial(saved: WebhookJson = {}): Values {
  return {
    name: saved.name ?? "",
    object_type_id: String(saved.object_type_id ?? 0),
    url: saved.url ?? "",
    method: saved.method && saved.method !== "HTTP_METHOD_UNSPECIFIED" ? saved.method : "HTTP_METHOD_POST",
    headers: saved.headers ?? [],
    data: saved.data ?? "",
    content_type: saved.content_type ?? "",
    ...toForm(saved),
  };
}

function toWebhook(values: Values): WebhookJson {
  return {
    name: values.name.trim(),
    object_type_id: Number(values.object_type_id),
    url: values.url.trim(),
    method: values.method,
    headers: values.headers.filter(({ name, value }) => name || value),
    data: values.data,
    content_type: values.content_type.trim(),
    ...fromForm(values),
  };
}
