import { Button, Container, Group, Stack, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { BookOpen, Eraser } from "lucide-react";
import { useEffect } from "react";
import { Link, useParams } from "react-router";
import type { Connection } from "../../api/live";
import { confirm, tell, tellFailure } from "../../parts/confirm";
import { Empty } from "../../parts/Empty";
import { callAsWhoeverIsHere } from "../../parts/keyed";
import { LiveDot } from "../../parts/LiveDot";
import { Loaded } from "../../parts/Loaded";
import { PageHeader } from "../../parts/PageHeader";
import { ColourScheme } from "../../parts/Shell";
import { Time } from "../../parts/Time";
import { BinSettings, inWords } from "./BinSettings";
import { type BinContent, useBin } from "./bin";
import { RequestCard } from "./RequestCard";

/** What a request bin received, while it comes. Whoever knows the address may look. */
export default function Bin() {
  const { id = "" } = useParams();
  const [query, connection] = useBin(id);
  // Who comes from far down the Live Doc begins at the top.
  useEffect(() => window.scrollTo(0, 0), []);
  return (
    <Container size="lg" py="lg" component="main">
      <PageHeader title="Request bin" says="A private address that shows what is sent to it, as it comes.">
        <Button component={Link} to="/docs" variant="default" leftSection={<BookOpen size={16} aria-hidden />}>
          Live Doc
        </Button>
        <ColourScheme />
      </PageHeader>
      <Loaded query={query}>{(content) => <Content content={content} connection={connection} />}</Loaded>
    </Container>
  );
}

function Content({ content: { bin, requests }, connection }: { content: BinContent; connection: Connection }) {
  const clear = useClear(bin.id);
  return (
    <>
      <BinSettings bin={bin} />
      <Group justify="space-between" mb="sm">
        <Group gap="sm">
          <Text fw={600} className="numbers" aria-live="polite">
            {requests.length === 1 ? "1 request" : `${requests.length} requests`}
          </Text>
          <LiveDot connection={connection} />
        </Group>
        <Group gap="sm">
          <Text size="sm" c="dimmed">
            goes away <Time value={bin.expires_time} size="sm" span />
          </Text>
          {requests.length > 0 && (
            <Button variant="default" size="xs" leftSection={<Eraser size={14} aria-hidden />} onClick={clear}>
              Clear
            </Button>
          )}
        </Group>
      </Group>
      {requests.length === 0 ? (
        <Empty says="Nothing has come yet. Send something to the address above: it shows here at once." />
      ) : (
        <Stack>
          {requests.map((request) => (
            <RequestCard key={request.number} request={request} />
          ))}
        </Stack>
      )}
    </>
  );
}

function useClear(id: string): () => void {
  const queries = useQueryClient();
  return () =>
    confirm("Clear the bin?", "What it has received is let go of. The bin stays.", "Clear", async () => {
      try {
        await callAsWhoeverIsHere("DELETE", `/bin/${id}/requests`);
        await queries.invalidateQueries({ queryKey: ["bin", id] });
        tell("The bin is empty");
      } catch (error) {
        tellFailure(inWords(error));
      }
    });
}
