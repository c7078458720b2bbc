import { Alert, Anchor, Breadcrumbs, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ban, RotateCcw } from "lucide-react";
import { Link, useNavigate, useParams } from "react-router";
import { get } from "../../api/client";
import { useLive } from "../../api/live";
import type { DeliveryJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import type { GetDeliveryResponseJson, WatchResponseJson } from "../../gen/hookline/dispatcher/v1/delivery_service_pb";
import { confirm, tell, tellFailure } from "../../parts/confirm";
import { LiveDot } from "../../parts/LiveDot";
import { Loaded } from "../../parts/Loaded";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { State } from "../../parts/State";
import { Attempts } from "./Attempts";
import { cancel, redeliver } from "./actions";
import { EventPanel } from "./EventPanel";
import { Facts } from "./Facts";
import { isSettled, shownState } from "./rows";

/** One delivery: how far it is, what fired it, and everything that was sent and came back. */
export default function Delivery() {
  const { id = "" } = useParams();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["delivery", id, "itself"],
    queryFn: async () => (await get<GetDeliveryResponseJson>(`/v1/deliveries/${id}`)).delivery ?? {},
    // The stream tells of outcomes, not that an attempt was begun.
    refetchInterval: ({ state }) => (state.data && isSettled(state.data) ? false : 3000),
  });
  const target = query.data && !isSettled(query.data) ? query.data.target : undefined;
  const connection = useLive<WatchResponseJson>(
    target ? "/v1/deliveries:watch" : null,
    (told) => {
      if (told.delivery?.id === id) void queries.invalidateQueries({ queryKey: ["delivery", id] });
    },
    { "target.kind": target?.kind, "target.id": target?.id },
  );
  return (
    <>
      <Breadcrumbs mb="xs">
        <Anchor component={Link} to="/deliveries" size="sm">
          Deliveries
        </Anchor>
        <Text size="sm">{id}</Text>
      </Breadcrumbs>
      <PageHeader title={`Delivery ${id}`}>
        {target && <LiveDot connection={connection} />}
        {query.data && <Actions delivery={query.data} />}
      </PageHeader>
      <Loaded query={query}>{(delivery) => <Shown delivery={delivery} />}</Loaded>
    </>
  );
}

function Shown({ delivery }: { delivery: DeliveryJson }) {
  const id = delivery.id ?? "";
  return (
    <Stack gap="lg">
      <Group gap="sm" role="status">
        <State value={shownState(delivery)} prefix="DELIVERY_STATE_" />
        <Text>{delivery.reason}</Text>
      </Group>
      <Facts delivery={delivery} />
      <section aria-labelledby="attempts">
        <Title order={2} size="h4" mb="sm" id="attempts">
          Attempts
        </Title>
        {/* A page of another delivery is another list, and each further attempt asks for the list anew. */}
        <Attempts key={id} delivery={delivery} />
      </section>
      <section aria-labelledby="event">
        <Title order={2} size="h4" mb="sm" id="event">
          Event
        </Title>
        {delivery.event_id ? (
          <EventPanel eventId={delivery.event_id} delivery={id} />
        ) : (
          <Alert color="gray">No event is known of it.</Alert>
        )}
      </section>
    </Stack>
  );
}

function Actions({ delivery }: { delivery: DeliveryJson }) {
  const id = delivery.id ?? "";
  const may = useMay("MANAGE");
  const go = useNavigate();
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => redeliver(id),
    onSuccess: (made) => {
      tell(`Sent again as delivery ${made.id}`);
      go(`/deliveries/${made.id}`);
    },
    onError: tellFailure,
  });
  const off = useMutation({
    mutationFn: () => cancel(id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["delivery", id] }),
    onError: tellFailure,
  });
  if (!may) return null;
  if (isSettled(delivery)) {
    return (
      <Button
        leftSection={<RotateCcw size={16} aria-hidden />}
        onClick={() => again.mutate()}
        loading={again.isPending}
      >
        Redeliver
      </Button>
    );
  }
  const ask = () => confirm("Cancel this delivery?", "It will not be sent.", "Cancel delivery", () => off.mutate());
  return (
    <Button
      color="red"
      variant="light"
      leftSection={<Ban size={16} aria-hidden />}
      onClick={ask}
      loading={off.isPending}
    >
      Cancel delivery
    </Button>
  );
}
