import { Anchor, Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import { get } from "../../api/client";
import { useSession } from "../../api/session";
import type { FormJson, ListFormsResponseJson } from "../../gen/hookline/registry/v1/form_pb";
import { Empty } from "../../parts/Empty";
import { FeatureNotice } from "../../parts/FeatureNotice";
import { Loaded } from "../../parts/Loaded";
import { toDeliveries } from "../../parts/links";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { State } from "../../parts/State";
import { WEBHOOKS, webhookName } from "../../parts/webhooks";
import { FormDeeds } from "./FormDeeds";
import { formInWords, isOrder } from "./values";

/** The forms and order forms of the account. */
export default function Forms() {
  const { accountId } = useSession();
  const may = useMay("MANAGE");
  const query = useInfiniteQuery({
    queryKey: ["forms", accountId],
    queryFn: ({ pageParam, signal }) =>
      get<ListFormsResponseJson>("/v1/forms", { page_size: 50, page_token: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_page_token || undefined,
  });
  const button = (words: string) =>
    may && (
      <Button component={Link} to="/forms/new" leftSection={<Plus size={16} aria-hidden />}>
        {words}
      </Button>
    );
  return (
    <>
      <PageHeader title="Forms" says="What the submissions of each form send. Order forms also tell payments apart.">
        {button("New form")}
      </PageHeader>
      <FeatureNotice feature="form_rules" says="Submissions fire nothing." />
      <Loaded query={query}>
        {({ pages }) => {
          const forms = pages.flatMap((page) => page.forms ?? []);
          if (forms.length === 0) {
            return (
              <Empty says="There is no form yet. Define one with the number that it has in the CRM.">
                {button("Define the first")}
              </Empty>
            );
          }
          return (
            <Stack gap="xs" component="ul" p={0} m={0} className="plain-list">
              {forms.map((form) => (
                <FormCard key={form.id} form={form} may={may} />
              ))}
              {query.hasNextPage && (
                <li>
                  <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                    Load more
                  </Button>
                </li>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </>
  );
}

function FormCard({ form, may }: { form: FormJson; may: boolean }) {
  const { id = "", name, number, kind, paused } = form;
  const webhooks = useQuery(WEBHOOKS).data ?? [];
  const words = formInWords(form, (each) => webhookName(webhooks, each));
  return (
    <Paper withBorder p="sm" component="li" aria-label={name || `Form ${number}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={2} miw={0} flex={1}>
          <Group gap="xs">
            <Anchor component={Link} to={`/forms/${id}`} fw={600}>
              {name || `Form ${number}`}
            </Anchor>
            <Badge variant="default" tt="none">
              {isOrder(kind) ? "order form" : "form"} {number}
            </Badge>
          </Group>
          {words.map((line) => (
            <Text key={line} size="sm">
              {line}
            </Text>
          ))}
          {words.length === 0 && (
            <Text size="sm" c="dimmed">
              It sends nothing yet.
            </Text>
          )}
          <Anchor component={Link} size="sm" to={toDeliveries({ firedBy: { source: "form_rule", id } })}>
            What it sent
          </Anchor>
        </Stack>
        <Group gap={4} wrap="nowrap" flex="none">
          <State value={paused ? "PAUSED" : "LIVE"} prefix="" />
          {may && <FormDeeds form={form} />}
        </Group>
      </Group>
    </Paper>
  );
}
