import { Box, Group, Paper, Stack, Text, UnstyledButton } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { type Elements, find } from "../map/edits";
import { exitsOf, kindOf } from "../map/kinds";
import { outline } from "../map/outline";
import { kindInWords, summary, titleOf } from "../map/words";
import { Counts } from "./Counts";
import { KindIcon } from "./KindIcon";
import { useMap } from "./MapContext";

/** The map as a list, in the order in which contacts come by: for those who do not see the picture, and for small screens. */
export function Outline({
  elements,
  selected,
  onSelect,
}: {
  elements: Elements;
  selected: string;
  onSelect(id: string): void;
}) {
  const { names, counts, flaws, onCount } = useMap();
  if (!elements.length) return <Text c="dimmed">The map is empty: add a start from the tab Triggers.</Text>;
  return (
    <Stack component="ol" gap="xs" className="outline" aria-label="Elements of the map">
      {outline(elements).map(({ element, depth }) => {
        const id = element.id ?? "";
        const stats = counts?.get(id);
        return (
          <Box component="li" key={id} pl={Math.min(depth, 5) * 20}>
            <Paper withBorder p="xs" data-selected={id === selected || undefined} className="line">
              <UnstyledButton className="line-button" aria-pressed={id === selected} onClick={() => onSelect(id)}>
                <KindIcon kind={kindOf(element)} size={30} />
                <span>
                  <Text span size="sm" fw={600} display="block">
                    {titleOf(element)}{" "}
                    {flaws.some((flaw) => flaw.id === id) && (
                      <TriangleAlert size={14} aria-label="Has a problem" className="element-flag" />
                    )}
                  </Text>
                  <Text span size="xs" c="dimmed" display="block">
                    {element.name ? `${kindInWords(element)} · ` : ""}
                    {summary(element, names)}
                  </Text>
                </span>
              </UnstyledButton>
              <Group gap="xs" justify="space-between" pl={42}>
                <Text size="xs">
                  {exitsOf(element)
                    .map(({ label, target }) => `${label ? `${label} ` : ""}→ ${leadsTo(elements, target)}`)
                    .join(" · ")}
                </Text>
                {stats && <Counts element={element} stats={stats} onCount={(count) => onCount(id, count)} />}
              </Group>
            </Paper>
          </Box>
        );
      })}
    </Stack>
  );
}

function leadsTo(elements: Elements, target: string): string {
  const found = find(elements, target);
  return found ? titleOf(found) : "nowhere yet";
}
