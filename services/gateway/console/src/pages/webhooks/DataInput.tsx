import { Group, Stack, Text, Textarea } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { useRef } from "react";
import { MergeFieldMenu } from "./MergeFieldMenu";
import type { Values } from "./values";

interface Props {
  form: UseFormReturnType<Values>;
  /** The labels of the merge fields that the menu offers. */
  labels: string[];
  /** The content type that the saved data was found to be. */
  detected?: string;
}

/** The text that is sent, and the menu that puts a merge field where the cursor stands. */
export function DataInput({ form, labels, detected }: Props) {
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
