import { Button, Stack, Table } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { get } from "../../api/client";
import type { ListCampaignsResponseJson } from "../../gen/hookline/registry/v1/campaign_pb";
import { tellFailure } from "../../parts/confirm";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { PageHeader } from "../../parts/PageHeader";
import { createCampaign } from "./api";
import { starter } from "./map/starter";
import { Row } from "./Row";

/** All campaigns, with where they stand and whom they moved. */
export default function Campaigns() {
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const campaigns = useInfiniteQuery({
    queryKey: ["campaigns", "list"],
    queryFn: ({ pageParam, signal }) =>
      get<ListCampaignsResponseJson>("/v1/campaigns", { page_size: 50, page_token: pageParam }, signal),
    initialPageParam: "",
    getNextPageParam: (last) => last.next_page_token || undefined,
  });
  const create = async () => {
    setMaking(true);
    try {
      const made = await createCampaign({ name: "New campaign", elements: starter() });
      await navigate(`/campaigns/${made.id}`);
    } catch (error) {
      tellFailure(error);
    } finally {
      setMaking(false);
    }
  };
  const button = (
    <Button leftSection={<Plus size={16} aria-hidden />} loading={making} onClick={() => void create()}>
      New campaign
    </Button>
  );
  return (
    <>
      <PageHeader
        title="Campaigns"
        says="Maps that contacts move through: they come in by events, wait, take one way or another, and have their data sent on the way."
      >
        {button}
      </PageHeader>
      <Loaded query={campaigns}>
        {({ pages }) => {
          const all = pages.flatMap((page) => page.campaigns ?? []);
          if (!all.length)
            return (
              <Empty says="There is no campaign yet. A new one begins with a small map: contacts come in, have their data sent to a webhook, and leave.">
                {button}
              </Empty>
            );
          return (
            <Stack>
              <Table.ScrollContainer minWidth={300}>
                <Table aria-label="Campaigns" highlightOnHover>
                  <Table.Thead>
                    <Table.Tr>
                      <Table.Th>Campaign</Table.Th>
                      <Table.Th className="wide-only">State</Table.Th>
                      <Table.Th className="wide-only">Version</Table.Th>
                      <Table.Th ta="right" className="wide-only">
                        Sent
                      </Table.Th>
                      <Table.Th ta="right" className="wide-only">
                        Waiting
                      </Table.Th>
                      <Table.Th className="wide-only">Changed</Table.Th>
                      <Table.Th aria-label="What can be done" />
                    </Table.Tr>
                  </Table.Thead>
                  <Table.Tbody>
                    {all.map((each) => (
                      <Row key={each.id} campaign={each} />
                    ))}
                  </Table.Tbody>
                </Table>
              </Table.ScrollContainer>
              {campaigns.hasNextPage && (
                <Button
                  variant="default"
                  mx="auto"
                  loading={campaigns.isFetchingNextPage}
                  onClick={() => void campaigns.fetchNextPage()}
                >
                  Show more
                </Button>
              )}
            </Stack>
          );
        }}
      </Loaded>
    </>
  );
}
