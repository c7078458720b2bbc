import { Anchor, Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import { useSession } from "../../api/session";
import type { FormJson, ListFormsResponseJson } from "../../gen/hookline/registry/v1/form_pb";
import { Empty } from "../../parts/Empty";
import { FeatureNotice } from "../../parts/FeatureNotice";
import { Listed } from "../../parts/Listed";
import { toDeliveries } from "../../parts/links";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { State } from "../../parts/State";
import { usePages } from "../../parts/usePages";
import { WEBHOOKS, webhookName } from "../../parts/webhooks";
import { FormDeeds } from "./FormDeeds";
import { formInWords, isOrder } from "./values";

/** The forms and order forms of the account. */
export default function Forms() {
  const { accountId } = useSession();
  const may = useMay("MANAGE");
  const forms = usePages({
    queryKey: ["forms", accountId],
    path: "/v1/forms",
    items: (page: ListFormsResponseJson) => page.forms,
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
      <Listed
        pages={forms}
        empty={
          <Empty says="There is no form yet. Define one with the number that it has in the CRM.">
            {button("Define the first")}
          </Empty>
        }
      >
        {(all) => (
          <Stack gap="xs" component="ul" p={0} m={0} className="plain-list">
            {all.map((form) => (
              <FormCard key={form.id} form={form} may={may} />
            ))}
          </Stack>
        )}
      </Listed>
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
