import { Anchor, Button, Drawer, Group, Stack, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { get } from "../../../api/client";
import type {
  ContactCountJson,
  ElementContactJson,
  ListElementContactsResponseJson,
} from "../../../gen/hookline/dispatcher/v1/campaign_stats_service_pb";
import { Empty } from "../../../parts/Empty";
import { Failure } from "../../../parts/Failure";
import { Time } from "../../../parts/Time";
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
      {asked && <Pages campaignId={campaignId} asked={asked} />}
    </Drawer>
  );
}

function Pages({ campaignId, asked }: { campaignId: string; asked: Asked }) {
  const pages = useInfiniteQuery({
    queryKey: ["campaigns", campaignId, "contacts", asked.element, asked.count],
    queryFn: ({ pageParam, signal }) =>
      get<ListElementContactsResponseJson>(
        `/v1/campaigns/${campaignId}/contacts`,
        {
          element_id: asked.element,
          count: `CONTACT_COUNT_${asked.count.toUpperCase()}` as ContactCountJson,
          page_size: 50,
          page_token: pageParam,
        },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page_token || undefined,
  });
  const contacts = pages.data?.pages.flatMap((page) => page.contacts ?? []) ?? [];
  if (pages.error) return <Failure error={pages.error} onRetry={() => void pages.refetch()} />;
  if (pages.isPending) return <Text c="dimmed">Loading…</Text>;
  if (!contacts.length && !pages.hasNextPage) return <Empty says="There is nobody behind this count right now." />;
  return (
    <Stack>
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
            {contacts.map((contact, index) => (
              <Row
                key={contact.object_id || `erased ${index}`}
                contact={contact}
                fired={fired(campaignId, asked.element)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            Show more
          </Button>
        </Group>
      )}
    </Stack>
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
