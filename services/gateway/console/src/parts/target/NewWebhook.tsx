import { Button, Group, Paper, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import type { CreateWebhookResponseJson, HttpMethodJson } from "../../gen/hookline/registry/v1/webhook_pb";
import { showRefusal } from "../refusals";
import { showOnce } from "../ShownOnce";

const METHODS = ["POST", "PUT", "PATCH", "GET", "DELETE"].map((word) => ({
  value: `HTTP_METHOD_${word}`,
  label: word,
}));

interface Props {
  objectTypeId: number;
  onMade(id: string): void;
  onCancel(): void;
}

/** The least that a webhook needs; the rest is set on its own page. */
export function NewWebhook({ objectTypeId, onMade, onCancel }: Props) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: "", url: "", method: "HTTP_METHOD_POST" as HttpMethodJson, data: "" },
  });
  const create = async (values: typeof form.values) => {
    setBusy(true);
    try {
      const webhook = { ...values, object_type_id: objectTypeId };
      const made = await post<CreateWebhookResponseJson>("/v1/webhooks", { webhook });
      await queries.invalidateQueries({ queryKey: ["webhooks"] });
      onMade(made.webhook?.id ?? "");
      showOnce("The webhook is made", { "Signing secret": made.signing_secret ?? "" });
    } catch (error) {
      showRefusal(form, error, "webhook");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Paper
      withBorder
      p="sm"
      component="form"
      aria-label="New webhook"
      onSubmit={form.onSubmit((values) => void create(values))}
    >
      <Stack gap="xs">
        <TextInput label="Name" {...form.getInputProps("name")} />
        <TextInput label="URL" required placeholder="https://example.com/hook" {...form.getInputProps("url")} />
        <Select label="Method" allowDeselect={false} data={METHODS} {...form.getInputProps("method")} />
        <Textarea
          label="Data"
          description="Merge fields in brackets, such as email=[Email]"
          autosize
          minRows={3}
          {...form.getInputProps("data")}
        />
        <Group gap="xs">
          <Button type="submit" size="xs" loading={busy}>
            Create and use it
          </Button>
          <Button variant="default" size="xs" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
