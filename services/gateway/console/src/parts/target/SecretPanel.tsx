import { Button, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { post } from "../../api/client";
import { confirm, tellFailure } from "../confirm";
import { showOnce } from "../ShownOnce";
import { Time } from "../Time";

const overlaps = [
  { value: "0s", label: "none: the old one ends at once" },
  { value: "3600s", label: "1 hour" },
  { value: "86400s", label: "1 day" },
  { value: "259200s", label: "3 days" },
  { value: "604800s", label: "7 days" },
];

/** Rotates the signing secret; `path` is the operation that does. */
export function SecretPanel({ path, oldExpires }: { path: string; oldExpires?: string }) {
  const queries = useQueryClient();
  const [overlap, setOverlap] = useState("86400s");
  const rotate = useMutation({
    mutationFn: () => post<{ signing_secret?: string }>(path, { overlap }),
    onSuccess: ({ signing_secret }) => showOnce("The new signing secret", { "Signing secret": signing_secret ?? "" }),
    onError: tellFailure,
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ["subscription"] });
      queries.invalidateQueries({ queryKey: ["webhook"] });
    },
  });
  const ask = () =>
    confirm(
      "Rotate the signing secret?",
      "Requests are signed with the new secret from now on, and with the old one as well until the overlap ends.",
      "Rotate",
      () => rotate.mutate(),
    );
  return (
    <Paper withBorder p="md" component="section" aria-label="Signing secret">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Signing secret
        </Title>
        {oldExpires && new Date(oldExpires) > new Date() && (
          <Text size="sm">
            The secret before this one signs as well; it ends <Time value={oldExpires} span />.
          </Text>
        )}
        <Group align="flex-end">
          <Select
            label="Overlap"
            description="How long the old one signs beside the new one"
            allowDeselect={false}
            data={overlaps}
            value={overlap}
            onChange={(value) => setOverlap(value ?? "86400s")}
          />
          <Button
            variant="default"
            leftSection={<RotateCw size={16} aria-hidden />}
            loading={rotate.isPending}
            onClick={ask}
          >
            Rotate
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
