import { NumberInput, Select, SimpleGrid, Stack, Switch } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { Sending } from "./sending";

/** The fields for throttle, retries, time limit and order. `unthrottled` says what no throttle means here. */
export function SendingFields<Values extends Sending>({
  form,
  unthrottled,
}: {
  form: UseFormReturnType<Values>;
  unthrottled: string;
}) {
  return (
    <Stack gap="sm">
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        <NumberInput
          label="Requests per minute"
          description={`1 to 180; empty: ${unthrottled}`}
          min={1}
          max={180}
          allowDecimal={false}
          {...form.getInputProps("requests_per_minute")}
        />
        <NumberInput
          label="Retries"
          description="0 to 180; empty: 10"
          min={0}
          max={180}
          allowDecimal={false}
          {...form.getInputProps("max_retries")}
        />
        <NumberInput
          label="Time limit"
          description="1 to 60 seconds; empty: 30"
          suffix=" s"
          min={1}
          max={60}
          {...form.getInputProps("timeout")}
        />
      </SimpleGrid>
      <Switch
        label="Keep the order"
        description="Of each object one request is on its way at a time, in the order of events."
        {...form.getInputProps("ordered", { type: "checkbox" })}
      />
      {form.values.ordered && (
        <Select
          label="When a delivery is dead"
          allowDeselect={false}
          data={[
            { value: "DEAD_HEAD_SKIP", label: "go on with the next of its object" },
            { value: "DEAD_HEAD_BLOCK", label: "hold the object until it was redelivered or cancelled" },
          ]}
          {...form.getInputProps("dead_head")}
        />
      )}
    </Stack>
  );
}
