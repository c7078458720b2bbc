import { Anchor, Drawer, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import type {
  ContactCountJson,
  ElementContactJson,
  ListElementContactsResponseJson,
} from "../../../gen/hookline/dispatcher/v1/campaign_stats_service_pb";
import { Empty } from "../../../parts/Empty";
import { Listed } from "../../../parts/Listed";
import { Time } from "../../../parts/Time";
import { usePages } from "../../../parts/usePages";
import { COUNT_WORDS } from "./Counts";
import type { CountName } from "./MapContext";

export interface Asked {
  element: string;
  title: string;
  count: CountName;
}

/** The contacts behind a count, page by page, with the deliveries of each. */
export function Contacts({ campaignId, asked, onClose }: { campaignId: string; asked: Asked | null; onClose(): void }) {
  return (
    <Drawer
      opened={asked !== null}
      onClose={onClose}
      position="right"
      size="lg"
      title={asked ? `${asked.title}: ${COUNT_WORDS[asked.count]}` : ""}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {asked && <ContactTable campaignId={campaignId} asked={asked} />}
    </Drawer>
  );
}

function ContactTable({ campaignId, asked }: { campaignId: string; asked: Asked }) {
  const contacts = usePages({
    queryKey: ["campaigns", campaignId, "contacts", asked.element, asked.count],
    path: `/v1/campaigns/${campaignId}/contacts`,
    query: {
      element_id: asked.element,
      count: `CONTACT_COUNT_${asked.count.toUpperCase()}` as ContactCountJson,
    },
    items: (page: ListElementContactsResponseJson) => page.contacts,
  });
  return (
    <Listed pages={contacts} empty={<Empty says="There is nobody behind this count right now." />}>
      {(all) => (
        <Table.ScrollContainer minWidth={330}>
          <Table aria-label="Contacts">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Contact</Table.Th>
                <Table.Th>Since</Table.Th>
                <Table.Th>Now</Table.Th>
                <Table.Th>Deliveries</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {all.map((contact, index) => (
                <Row
                  key={contact.object_id || `erased ${index}`}
                  contact={contact}
                  fired={fired(campaignId, asked.element)}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Listed>
  );
}

const fired = (campaignId: string, element: string) => `campaign/${campaignId}${element ? `/${element}` : ""}`;

function Row({ contact, fired }: { contact: ElementContactJson; fired: string }) {
  const { object_type_id = 0, object_id = "" } = contact;
  const query = new URLSearchParams({ object_type: String(object_type_id), object: object_id });
  // Of the whole map there are deliveries of all its elements: those of the object are nearest.
  if (fired.split("/").length > 2) query.set("fired", fired);
  return (
    <Table.Tr>
      <Table.Td>
        {object_id || (
          <Text span c="dimmed" size="sm">
            erased
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Time value={contact.since_time} size="sm" />
      </Table.Td>
      <Table.Td>
        <Text size="sm">{stands(contact)}</Text>
        {contact.until_time && (
          <Text size="xs" c="dimmed">
            until {new Date(contact.until_time).toLocaleString()}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {object_id && (
          <Anchor component={Link} size="sm" underline="always" to={`/deliveries?${query}`}>
            Show
          </Anchor>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function stands({ waiting, held, on_its_way, sent, failed }: ElementContactJson): string {
  const words = [
    waiting && (held ? "waiting, held by the pause" : "waiting"),
    on_its_way && "on its way",
    sent && "sent",
    failed && "failed",
  ].filter(Boolean);
  return words.join(", ") || "gone on";
}
