import { ColorSwatch, Group, Progress, Stack, Text } from "@mantine/core";
import type { AttemptJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { type Span, spansOf } from "./spans";
import { durationInWords } from "./words";

const colours: Record<Span["name"], string> = {
  Connect: "grape",
  "Connect and wait": "blue",
  Wait: "blue",
  Read: "teal",
};

/** Where the time of an attempt went, as a bar and in words. */
export function Spent({ attempt }: { attempt: AttemptJson }) {
  const spans = spansOf(attempt);
  if (spans.length === 0) return null;
  const whole = spans.reduce((sum, { seconds }) => sum + seconds, 0);
  return (
    <Stack gap={4}>
      <Progress.Root size="sm" aria-hidden>
        {spans.map(({ name, seconds }) => (
          <Progress.Section key={name} value={whole ? (seconds / whole) * 100 : 0} color={colours[name]} />
        ))}
      </Progress.Root>
      <Group component="ul" gap="md" m={0} p={0} aria-label="Where the time went" style={{ listStyle: "none" }}>
        {spans.map((span) => (
          <Group component="li" key={span.name} gap={6} wrap="nowrap">
            <ColorSwatch
              color={`var(--mantine-color-${colours[span.name]}-filled)`}
              size={8}
              withShadow={false}
              aria-hidden
            />
            <Text size="sm" className="numbers">
              {span.name} {span.reused ? "– kept connection" : durationInWords(`${span.seconds}s`)}
            </Text>
          </Group>
        ))}
      </Group>
    </Stack>
  );
}
