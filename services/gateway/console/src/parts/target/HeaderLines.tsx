import { ActionIcon, Button, Fieldset, Group, Stack, Text, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import type { Headers } from "./headers";

interface Props<Values extends Headers> {
  form: UseFormReturnType<Values>;
  list: keyof Headers;
  legend: string;
  says?: string;
  /** What one of them is called. */
  noun: string;
  /** How a value is entered, given what stands in a name's line. */
  children(name: string, input: ReturnType<UseFormReturnType<Values>["getInputProps"]>, label: string): ReactNode;
}

/** One list of headers of a form's values, a line each. */
export function HeaderLines<Values extends Headers>({ form, list, legend, says, noun, children }: Props<Values>) {
  return (
    <Fieldset legend={legend} variant="unstyled" m={0} classNames={{ legend: "as-label" }}>
      <Stack gap="xs">
        {says && (
          <Text size="xs" c="dimmed">
            {says}
          </Text>
        )}
        {form.values[list].map(({ name = "" }, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are named by their place
          <Group key={position} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={`Name of ${noun} ${position + 1}`}
              placeholder={list === "headers" ? "X-Source" : "Authorization"}
              flex={1}
              {...form.getInputProps(`${list}.${position}.name`)}
            />
            {children(name, form.getInputProps(`${list}.${position}.value`), `Value of ${noun} ${position + 1}`)}
            <ActionIcon
              mt={4}
              variant="subtle"
              color="gray"
              aria-label={`Remove ${noun} ${position + 1}`}
              onClick={() => form.removeListItem(list, position)}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        {form.errors[list] && (
          <Text size="xs" c="var(--mantine-color-error)" role="alert">
            {form.errors[list]}
          </Text>
        )}
        <Group>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => form.insertListItem(list, { name: "", value: "" } as never)}
          >
            Add a {noun}
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
