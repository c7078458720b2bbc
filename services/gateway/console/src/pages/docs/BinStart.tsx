import { Anchor, Button, Group, Paper, Select, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { Failure } from "../../parts/Failure";
import { callWithKey } from "../../parts/keyed";
import { useKeys } from "../../parts/keys";
import { type BinInfo, useBin } from "../bin/bin";
import { SignatureBadge } from "../bin/Signature";

const events = [
  { value: "sub_tag", label: "sub_tag: a tag is added" },
  { value: "unsub_tag", label: "unsub_tag: a tag is removed" },
  { value: "object_create(0)", label: "object_create(0): a contact is created" },
  { value: "object_submits_form", label: "object_submits_form: a form is submitted" },
  { value: "purchase_product", label: "purchase_product: a product is purchased" },
  {
    value: "transaction_created_with_product",
    label: "transaction_created_with_product: a transaction is added",
  },
];

interface Made {
  bin: BinInfo;
  subscription: { id: string; event: string };
}

/** Makes a bin and a subscription to it, and hands the bin the secret by which it checks signatures. */
async function make(event: string): Promise<Made> {
  const bin = await callWithKey<BinInfo>("POST", "/bin");
  const secretOf = { subscription: { event, url: bin.url } };
  try {
    const made = await callWithKey<{ subscription: Made["subscription"]; signing_secret: string }>(
      "POST",
      "/v1/subscriptions",
      secretOf,
    );
    await callWithKey("PUT", `/bin/${bin.id}/secret`, { signing_secret: made.signing_secret });
    return { bin, subscription: made.subscription };
  } catch (error) {
    await callWithKey("DELETE", `/bin/${bin.id}`).catch(() => undefined);
    throw error;
  }
}

/** The way to a first webhook: a subscription to a bin, in one step. `publishing` is where an event is published. */
export function BinStart({ publishing }: { publishing?: string }) {
  const { complete } = useKeys();
  const [event, setEvent] = useState("sub_tag");
  const { mutate, data, error, isPending } = useMutation({ mutationFn: make });
  return (
    <Paper withBorder p="lg" mb="xl" component="section" aria-labelledby="first-webhook" className="start">
      <Group align="flex-start" wrap="nowrap" gap="md">
        <ThemeIcon variant="light" size={44} radius="md" className="wide-only">
          <Inbox size={24} aria-hidden />
        </ThemeIcon>
        <Stack gap="sm" flex={1} miw={0}>
          <Title order={2} size="h4" id="first-webhook">
            See a webhook arrive
          </Title>
          <Text size="sm">
            A request bin is a private address that shows what is sent to it. Subscribe one to an event, publish that
            event with <em>Try it out!</em>, and look at what a receiver of yours would get, signature and all.
          </Text>
          <Group gap="sm" align="flex-end">
            <Select
              label="Event"
              data={events}
              value={event}
              onChange={(value) => setEvent(value ?? "sub_tag")}
              allowDeselect={false}
              w={{ base: "100%", xs: 330 }}
            />
            <Button
              h="auto"
              mih={36}
              py={6}
              classNames={{ label: "wraps" }}
              loading={isPending}
              disabled={!complete}
              onClick={() => mutate(event)}
            >
              Create a subscription to a request bin
            </Button>
          </Group>
          {!complete && (
            <Text size="sm" c="dimmed">
              Enter an API key and its application id at the top of the page first.
            </Text>
          )}
          {error && <Failure error={error} />}
          {data && <Arrivals made={data} publishing={publishing} />}
        </Stack>
      </Group>
    </Paper>
  );
}

function Arrivals({ made: { bin, subscription }, publishing }: { made: Made; publishing?: string }) {
  const [{ data }] = useBin(bin.id);
  const requests = data?.requests ?? [];
  return (
    <Paper p="sm" withBorder role="status">
      <Text size="sm">
        Subscription {subscription.id} sends <strong>{subscription.event}</strong> to the bin, which has its signing
        secret.
      </Text>
      <Group gap="sm" mt={6}>
        <Anchor component={Link} to={`/bin/${bin.id}`} size="sm" fw={600}>
          Open the bin
        </Anchor>
        {publishing && (
          <Anchor href={`#${publishing}`} size="sm">
            Publish an event
          </Anchor>
        )}
        <Text size="sm" c="dimmed" className="numbers">
          {requests.length === 0 ? "Nothing has come yet." : `${requests.length} received, the last one`}
        </Text>
        {requests[0] && <SignatureBadge request={requests[0]} />}
      </Group>
    </Paper>
  );
}
