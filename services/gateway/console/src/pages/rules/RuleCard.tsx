import { Anchor, Group, Paper, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import type { GlobalRuleJson } from "../../gen/hookline/registry/v1/global_rule_pb";
import { type Called, ruleInWords } from "../../parts/language/sentence";
import { toDeliveries } from "../../parts/links";
import { State } from "../../parts/State";
import { RuleDeeds } from "./RuleDeeds";
import { said } from "./values";

/** A rule in the list: its name, what it does in words, and where it stands. */
export function RuleCard({ rule, names, may }: { rule: GlobalRuleJson; names: Called; may: boolean }) {
  const { id = "", name, paused } = rule;
  return (
    <Paper withBorder p="sm" component="li" aria-label={name || `Rule ${id}`}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Stack gap={2} miw={0} flex={1}>
          <Anchor component={Link} to={`/rules/${id}`} fw={600}>
            {name || `Rule ${id}`}
          </Anchor>
          <Text size="sm">{ruleInWords(said(rule), names)}</Text>
          <Anchor component={Link} size="sm" to={toDeliveries({ firedBy: { source: "global_rule", id } })}>
            What it sent
          </Anchor>
        </Stack>
        <Group gap={4} wrap="nowrap" flex="none">
          <State value={paused ? "PAUSED" : "LIVE"} prefix="" />
          {may && <RuleDeeds rule={rule} />}
        </Group>
      </Group>
    </Paper>
  );
}
