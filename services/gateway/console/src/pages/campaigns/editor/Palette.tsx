import { Group, Tabs, Text, UnstyledButton } from "@mantine/core";
import { OFFERS, type Offer, TABS } from "../map/kinds";
import { KindIcon } from "./KindIcon";

/** The type under which a dragged element travels. */
export const DRAGGED = "application/x-hookline-element";

/** The elements in tabs: each is dragged to its spot, or added behind what is selected by a press. */
export function Palette({ after, onAdd }: { after: string; onAdd(offer: Offer): void }) {
  return (
    <Tabs defaultValue={TABS[0]} className="palette" keepMounted={false} variant="pills" radius="md">
      <Group justify="space-between" gap="xs">
        <Tabs.List aria-label="Elements">
          {TABS.map((tab) => (
            <Tabs.Tab key={tab} value={tab} size="compact-sm">
              {tab}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Text size="xs" c="dimmed">
          Drag one to its spot, or press it to add it {after ? `after “${after}”` : "to the map"}.
        </Text>
      </Group>
      {TABS.map((tab) => (
        <Tabs.Panel key={tab} value={tab} pt="xs">
          <Group gap="xs">
            {OFFERS[tab].map((offer) => (
              <UnstyledButton
                key={offer.key}
                className="offer"
                draggable
                data-offer={offer.key}
                aria-label={`Add ${offer.label}`}
                onDragStart={(event) => {
                  event.dataTransfer.setData(DRAGGED, offer.key);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onClick={() => onAdd(offer)}
              >
                <KindIcon kind={offer.kind} size={28} />
                <span>
                  <span className="offer-label">{offer.label}</span>
                  <span className="offer-says">{offer.says}</span>
                </span>
              </UnstyledButton>
            ))}
          </Group>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
