import { NumberInput, SimpleGrid, Stack, Switch } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import type { Settling } from "./settle";

/** Whether something waits until its object is quiet, and for how long. */
export function SettleFields<Values extends { settle: Settling }>({
  form,
  noun,
}: {
  form: UseFormReturnType<Values>;
  noun: string;
}) {
  const waits = form.values.settle.quiet !== "";
  const set = (settle: Settling) => form.setFieldValue("settle", settle as never);
  return (
    <Stack gap="sm">
      <Switch
        label={`Wait until the ${noun} is quiet`}
        description="Then it is sent once, with the newest data: not while a record is still being typed."
        checked={waits}
        onChange={(event) => set({ quiet: event.currentTarget.checked ? 30 : "", longest: "" })}
      />
      {waits && (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberInput
            label="Quiet for"
            description="1 to 3600 seconds"
            suffix=" s"
            min={1}
            max={3600}
            {...form.getInputProps("settle.quiet")}
          />
          <NumberInput
            label="At the longest"
            description="Up to a day; empty: ten times that"
            suffix=" s"
            min={1}
            max={86400}
            {...form.getInputProps("settle.longest")}
          />
        </SimpleGrid>
      )}
    </Stack>
  );
}
