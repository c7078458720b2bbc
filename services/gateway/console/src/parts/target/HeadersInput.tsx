import { ActionIcon, Button, Fieldset, Group, Stack, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { Plus, X } from "lucide-react";
import type { HeaderJson } from "../../gen/hookline/registry/v1/subscription_pb";

/** The headers of a form's values, one line each. */
export function HeadersInput<Values extends { headers: HeaderJson[] }>({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <Fieldset legend="Headers" variant="unstyled" m={0} classNames={{ legend: "as-label" }}>
      <Stack gap="xs">
        {form.values.headers.map((_header, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are named by their place
          <Group key={position} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={`Name of header ${position + 1}`}
              placeholder="X-Source"
              flex={1}
              {...form.getInputProps(`headers.${position}.name`)}
            />
            <TextInput
              aria-label={`Value of header ${position + 1}`}
              placeholder="hookline"
              flex={2}
              {...form.getInputProps(`headers.${position}.value`)}
            />
            <ActionIcon
              mt={4}
              variant="subtle"
              color="gray"
              aria-label={`Remove header ${position + 1}`}
              onClick={() => form.removeListItem("headers", position)}
            >
              <X size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <Group>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => form.insertListItem("headers", { name: "", value: "" } as never)}
          >
            Add a header
          </Button>
        </Group>
      </Stack>
    </Fieldset>
  );
}
