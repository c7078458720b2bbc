import { Menu } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { OFFERS, type Offer, TABS } from "../map/kinds";
import { KindIcon } from "./KindIcon";

/** A button that opens a list of all elements, to put one where the button is. */
export function InsertMenu({ children, onChoose }: { children: ReactNode; onChoose(offer: Offer): void }) {
  return (
    <Menu position="bottom" withinPortal shadow="md" trapFocus>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown mah={420} style={{ overflowY: "auto" }}>
        {TABS.map((tab) => (
          <Fragment key={tab}>
            <Menu.Label>{tab}</Menu.Label>
            {OFFERS[tab].map((offer) => (
              <Menu.Item
                key={offer.key}
                leftSection={<KindIcon kind={offer.kind} size={24} />}
                onClick={() => onChoose(offer)}
              >
                {offer.label}
              </Menu.Item>
            ))}
          </Fragment>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
