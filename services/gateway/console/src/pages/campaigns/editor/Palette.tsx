import { Tabs, Tooltip, UnstyledButton } from "@mantine/core";
import { OFFERS, type Offer, TABS } from "../map/kinds";
import { KindIcon } from "./KindIcon";

/** The type under which a dragged element travels. */
export const DRAGGED = "application/x-hookline-element";

/** The elements in tabs: each is dragged to its spot, or added behind what is selected by a press. */
export function Palette({ after, onAdd }: { after: string; onAdd(offer: Offer): void }) {
  const hint = after
    ? `Adds it after “${after}”, or drag it to its spot`
    : "Adds it to the map, or drag it to its spot";
  return (
    <Tabs defaultValue={TABS[0]} className="palette" variant="pills" radius="md">
      <Tabs.List aria-label="Elements">
        {TABS.map((tab) => (
          <Tabs.Tab key={tab} value={tab} className="palette-tab">
            {tab}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {TABS.map((tab) => (
        <Tabs.Panel key={tab} value={tab} className="palette-panel">
          {OFFERS[tab].map((offer) => (
            <Tooltip key={offer.key} label={`${offer.says}. ${hint}.`} openDelay={500}>
              <UnstyledButton
                className="offer"
                draggable
                data-offer={offer.key}
                aria-label={`Add ${offer.label}`.replace("Add Add", "Add")}
                onDragStart={(event) => {
                  event.dataTransfer.setData(DRAGGED, offer.key);
                  event.dataTransfer.effectAllowed = "copy";
                }}
                onClick={() => onAdd(offer)}
              >
                <KindIcon kind={offer.kind} size={26} />
                {offer.label}
              </UnstyledButton>
            </Tooltip>
          ))}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
