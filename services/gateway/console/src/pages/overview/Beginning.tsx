import { Anchor, Button, Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { ListSubscriptionsResponseJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { Code } from "../../parts/Code";

/** What to do first in an account where nothing was sent yet. */
export function Beginning() {
  const { accountId, caller } = useSession();
  const { data } = useQuery({
    queryKey: ["subscriptions", "any"],
    queryFn: () => get<ListSubscriptionsResponseJson>("/v1/subscriptions", { page_size: 1 }),
    refetchInterval: 5000,
  });
  const subscription = data?.subscriptions?.[0];
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="beginning">
      <Title order={2} size="h4" mb="md" id="beginning">
        Nothing was sent yet. Two steps to a first delivery
      </Title>
      <Stack gap="lg">
        <Step number={1} title="Make a subscription" done={Boolean(subscription)}>
          <Text size="sm">It names an event and the URL that is told of it.</Text>
          <Group gap="sm">
            <Button component={Link} to="/subscriptions" size="xs">
              {subscription ? "See subscriptions" : "Make a subscription"}
            </Button>
            <Button component={Link} to="/webhooks" size="xs" variant="default">
              or a webhook with its own data
            </Button>
          </Group>
        </Step>
        <Step number={2} title="Publish an event that fires it">
          <Text size="sm">With a key that may publish, at a shell:</Text>
          <Code
            text={command(subscription?.event ?? "", caller?.kind === "operator" ? accountId : "")}
            label="command"
          />
          <Text size="sm">
            Or try every operation in the{" "}
            <Anchor href="/docs" underline="always">
              Live Doc
            </Anchor>
            . This page shows what happens as soon as it does.
          </Text>
        </Step>
      </Stack>
    </Paper>
  );
}

function Step(props: { number: number; title: string; done?: boolean; children: ReactNode }) {
  return (
    <Group align="flex-start" wrap="nowrap" gap="md">
      <ThemeIcon radius="xl" variant={props.done ? "filled" : "light"} color={props.done ? "teal" : undefined}>
        {props.done ? <Check size={16} aria-label="Done" /> : <span>{props.number}</span>}
      </ThemeIcon>
      <Stack gap="xs" flex={1} miw={0}>
        <Text fw={600}>{props.title}</Text>
        {props.children}
      </Stack>
    </Group>
  );
}

const params: Record<string, string> = {
  object_submits_form: "form_id",
  sub_tag: "tag_id",
  unsub_tag: "tag_id",
  purchase_product: "product_id",
  transaction_created_with_product: "product_id",
};

/** A command that publishes an event which a subscription fires for; an operator's key names the account. */
function command(subscribed: string, account: string): string {
  const [, type = "object_create", number = "1"] = /^([a-z_]+)(?:\((\d+)\))?/.exec(subscribed) ?? [];
  const param = params[type];
  const event = {
    type,
    ...(param ? { params: { [param]: number } } : {}),
    object_type_id: 0,
    object_id: "8",
    data: { firstname: "Mary", email: "mary@example.com" },
    ...(account ? { account_id: account } : {}),
  };
  return [
    `curl -fsS ${window.location.origin}/v1/events`,
    `-H "Api-Key: $API_KEY" -H "Api-Appid: $API_APPID"`,
    "-H 'Content-Type: application/json'",
    `-d '${JSON.stringify(event)}'`,
  ].join(" \\\n  ");
}
