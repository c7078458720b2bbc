import { Portal, Tabs, Tooltip, UnstyledButton } from "@mantine/core";
import type { Spot } from "../map/edits";
import { OFFERS, type Offer, TABS } from "../map/kinds";
import { KindIcon } from "./KindIcon";
import { type Held, useDragOut } from "./useDragOut";

interface Props {
  /** The title of what is selected; empty: nothing is. */
  after: string;
  onAdd(offer: Offer): void;
  onDrop(key: string, target: string, spot: Spot): void;
  onOver(target: string): void;
}

/** The elements in tabs: each is dragged to its spot, or added behind what is selected by a press. */
export function Palette({ after, onAdd, onDrop, onOver }: Props) {
  const { held, handlers, endsDrag, area } = useDragOut({ onDrop, onOver });
  const hint = after
    ? `Adds it after “${after}”, or drag it to its spot`
    : "Adds it to the map, or drag it to its spot";
  return (
    <Tabs defaultValue={TABS[0]} className="palette" variant="pills" radius="md" ref={area}>
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
            <Tooltip key={offer.key} label={`${offer.says}. ${hint}.`} openDelay={500} disabled={held !== null}>
              <UnstyledButton
                className="offer"
                data-offer={offer.key}
                aria-label={`Add ${offer.label}`.replace("Add Add", "Add")}
                {...handlers(offer)}
                onClick={(event) => endsDrag(event) || onAdd(offer)}
              >
                <KindIcon kind={offer.kind} size={26} />
                {offer.label}
              </UnstyledButton>
            </Tooltip>
          ))}
        </Tabs.Panel>
      ))}
      {held && <Dragged {...held} />}
    </Tabs>
  );
}

/** What is dragged, under the pointer. */
function Dragged({ offer, x, y }: Held) {
  return (
    <Portal>
      <div className="offer offer-dragged" aria-hidden style={{ transform: `translate(${x}px, ${y}px)` }}>
        <KindIcon kind={offer.kind} size={26} />
        {offer.label}
      </div>
    </Portal>
  );
}
