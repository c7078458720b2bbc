import { Button, Checkbox, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { post } from "../../api/client";
import type { RedeliverSinceResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { tell, tellFailure } from "../../parts/confirm";
import { Failure } from "../../parts/Failure";
import { Moment } from "../../parts/filters/TimeFilter";
import { sinceTime, spans } from "../../parts/filters/times";
import { targetOf } from "../../parts/links";
import type { Filter } from "./filters";

const choices = [
  ...Object.entries(spans).map(([value, [, label]]) => ({ value, label })),
  { value: "moment", label: "Since a time" },
];

/** Sends everything again that failed since a time: says how many first, and does it when that is confirmed. */
export function RedeliverSince({ filter, onClose }: { filter: Filter; onClose(): void }) {
  const [span, setSpan] = useState(filter.since in spans ? filter.since : "24h");
  const [moment, setMoment] = useState(new Date(Date.now() - 3_600_000).toISOString());
  const [onlyTarget, setOnlyTarget] = useState(Boolean(filter.target));
  const [opened] = useState(() => new Date());
  const since = span === "moment" ? moment : sinceTime(span, opened);
  const request = { since_time: since, target: onlyTarget ? targetOf(filter.target) : undefined };
  const count = useQuery({
    queryKey: ["deliveries", "redeliverable", request],
    queryFn: () => post<RedeliverSinceResponseJson>("/v1/deliveries:redeliverSince", { ...request, dry_run: true }),
    enabled: Boolean(since),
    staleTime: 0,
    gcTime: 0,
  });
  const send = useRedeliverSince(request, onClose);
  const many = Number(count.data?.redelivered ?? 0);
  return (
    <Modal opened onClose={onClose} title="Redeliver what failed">
      <Stack gap="md">
        <Text size="sm">
          Everything that is dead or cancelled and was not sent again yet goes out once more, under the rate and the
          order of its target.
        </Text>
        <Select
          label="Created"
          data={choices}
          value={span}
          onChange={(value) => setSpan(value ?? "24h")}
          allowDeselect={false}
        />
        {span === "moment" && <Moment label="Since" value={moment} onChange={setMoment} />}
        {filter.target && (
          <Checkbox
            label={`Only to ${filter.target}`}
            checked={onlyTarget}
            onChange={(event) => setOnlyTarget(event.currentTarget.checked)}
          />
        )}
        {count.error && <Failure error={count.error} />}
        <Text fw={600} role="status">
          {count.isFetching ? "Counting…" : inWords(many)}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => send.mutate()} loading={send.isPending} disabled={!many || count.isFetching}>
            Redeliver {many || ""}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function useRedeliverSince(request: object, onClose: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => post<RedeliverSinceResponseJson>("/v1/deliveries:redeliverSince", request),
    onSuccess: ({ redelivered }) => {
      tell(`${redelivered} sent again`);
      void queries.invalidateQueries({ queryKey: ["deliveries", "head"] });
      onClose();
    },
    onError: tellFailure,
  });
}

function inWords(many: number): string {
  if (!many) return "Nothing failed since then that was not sent again.";
  return many === 1
    ? "1 delivery would be sent again."
    : `${many.toLocaleString("en")} deliveries would be sent again.`;
}
