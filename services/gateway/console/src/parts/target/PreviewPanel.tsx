import { Alert, Badge, Button, Group, List, Paper, Stack, Text, Textarea, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Eye } from "lucide-react";
import { useState } from "react";
import { ApiError } from "../../api/client";
import type { PreviewJson } from "../../gen/hookline/dispatcher/v1/preview_service_pb";
import { RequestView } from "../exchange/RequestView";
import { Failure } from "../Failure";

/** What a person gave as the data of a sample object: nothing, an object, or text that is none. */
export function sampleData(text: string): { data?: Record<string, unknown>; fault?: string } {
  if (!text.trim()) return {};
  try {
    const data: unknown = JSON.parse(text);
    if (data && typeof data === "object" && !Array.isArray(data)) return { data: data as Record<string, unknown> };
    return { fault: 'Write an object, such as {"firstname": "Mary"}' };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Shows the request as it would be sent now, for an object that the person describes or for a made-up one. */
export function PreviewPanel({
  render,
  onRefused,
}: {
  /** Asks for the preview with the settings as they stand in the form. */
  render(data?: Record<string, unknown>): Promise<PreviewJson | undefined>;
  /** Told of refused settings, so that they are shown next to their fields. */
  onRefused(error: unknown): void;
}) {
  const [text, setText] = useState("");
  const [fault, setFault] = useState<string>();
  const preview = useMutation({
    mutationFn: render,
    onError: (error) => {
      if (error instanceof ApiError && error.violations.length) onRefused(error);
    },
  });
  const show = () => {
    const { data, fault } = sampleData(text);
    setFault(fault);
    if (!fault) preview.mutate(data);
  };
  return (
    <Paper withBorder p="md" component="section" aria-label="Preview">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Preview
        </Title>
        <Textarea
          label="Data of a sample object, as JSON"
          description="Empty: a made-up object that has a value for everything."
          placeholder='{"id": "8", "firstname": "Mary"}'
          autosize
          minRows={2}
          maxRows={10}
          classNames={{ input: "monospace" }}
          value={text}
          error={fault}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group>
          <Button
            variant="light"
            leftSection={<Eye size={16} aria-hidden />}
            loading={preview.isPending}
            onClick={show}
          >
            Show the request
          </Button>
        </Group>
        {preview.error && <Failure error={preview.error} />}
        {preview.data && <Rendered preview={preview.data} />}
      </Stack>
    </Paper>
  );
}

function Rendered({ preview }: { preview: PreviewJson }) {
  const warnings = preview.warnings ?? [];
  return (
    <Stack gap="sm" aria-live="polite">
      <Group gap="xs">
        <Text size="sm">Content type:</Text>
        <Badge variant="default" tt="none">
          {preview.content_type || "no data"}
        </Badge>
      </Group>
      {warnings.length > 0 && (
        <Alert color="yellow" title="Perhaps not meant">
          <List size="sm">
            {warnings.map(({ field, text }) => (
              <List.Item key={`${field} ${text}`}>{text}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      {preview.request ? (
        <RequestView request={preview.request} asSent />
      ) : (
        <Alert color="red" title="No request can be made of this">
          {preview.unrendered_reason}
        </Alert>
      )}
    </Stack>
  );
}
