import { Alert, Badge, Group, List, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { PluginJson } from "../../gen/hookline/registry/v1/plugin_pb";
import { differences, type Pair, runsInWords } from "./plugins";

/** A plugin: where it came from, where it runs, what of it is in use, and what is not. */
export function PluginCard({ pair }: { pair: Pair }) {
  const plugin = pair.registry ?? pair.dispatcher ?? {};
  const differ = differences(pair);
  const problems = [...new Set([...(pair.registry?.problems ?? []), ...(pair.dispatcher?.problems ?? [])])];
  return (
    <Paper withBorder p="md" component="article" aria-label={`Plugin ${pair.name}`}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2} size="h4">
              {pair.name}
            </Title>
            <Text size="sm" c="dimmed">
              {plugin.distribution ? `${plugin.distribution} ${plugin.version}` : "of no distribution"}
            </Text>
          </div>
          <Badge variant="default" tt="none">
            {runsInWords[plugin.runs ?? "PLUGIN_RUNS_UNSPECIFIED"] ?? "unknown"}
          </Badge>
        </Group>
        {differ.length > 0 && (
          <Alert color="yellow" title="Registry and dispatcher differ">
            <Lines lines={differ} />
          </Alert>
        )}
        {problems.length > 0 && (
          <Alert color="red" title="Not all of it is in use">
            <Lines lines={problems} />
          </Alert>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Encoders plugin={plugin} />
          <Kinds plugin={plugin} />
        </SimpleGrid>
      </Stack>
    </Paper>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return (
    <List size="sm">
      {lines.map((line) => (
        <List.Item key={line}>{line}</List.Item>
      ))}
    </List>
  );
}

function Encoders({ plugin: { encoders = [] } }: { plugin: PluginJson }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        Encoders
      </Text>
      {encoders.length === 0 && (
        <Text size="sm" c="dimmed">
          none
        </Text>
      )}
      {encoders.map(({ name, media_types = [], webhooks }) => (
        <Text key={name} size="sm">
          <b>{name}</b>: {media_types.join(", ")}
          {webhooks ? "" : " (subscriptions only)"}
        </Text>
      ))}
    </div>
  );
}

function Kinds({ plugin: { trigger_sources = [] } }: { plugin: PluginJson }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        Kinds of triggers
      </Text>
      {trigger_sources.length === 0 && (
        <Text size="sm" c="dimmed">
          none
        </Text>
      )}
      {trigger_sources.map(({ kind, memory }) => (
        <Text key={kind} size="sm">
          <b>{kind}</b>
          {memory === "PLUGIN_MEMORY_KEPT" && ": remembers objects"}
          {memory === "PLUGIN_MEMORY_NONE" && ": asks about single events"}
        </Text>
      ))}
    </div>
  );
}
