import "./docs.css";
import { Anchor, Box, Group, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useDocumentTitle } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useMemo, useState } from "react";
import { get } from "../../api/client";
import { Empty } from "../../parts/Empty";
import { Loaded } from "../../parts/Loaded";
import { SkipLink } from "../../parts/SkipLink";
import { BinStart } from "./BinStart";
import { apis, Contents } from "./Contents";
import { GroupSection } from "./GroupSection";
import { groupsOf, type OpenApi, searched } from "./openapi";
import { Top } from "./Top";
import { useOpened } from "./useOpened";

/** Every operation of both APIs, described by the OpenAPI document and performed with a key that this tab alone knows. */
export default function LiveDoc() {
  useDocumentTitle("Live Doc · Hookline");
  const query = useQuery({
    queryKey: ["openapi"],
    queryFn: () => get<OpenApi>("/openapi.json"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <SkipLink to="operations">Skip to the operations</SkipLink>
      <Top />
      <Loaded query={query}>{(document) => <Pages document={document} />}</Loaded>
    </>
  );
}

function Pages({ document }: { document: OpenApi }) {
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text, 150);
  const groups = useMemo(() => groupsOf(document), [document]);
  const ids = useMemo(() => new Set(groups.flatMap(idsOf)), [groups]);
  const [opened, setOpened] = useOpened(ids);
  const found = useMemo(() => searched(groups, wanted), [groups, wanted]);
  const publishing = document.paths["/v1/events"]?.post?.operationId;
  return (
    <Box className="docs-columns">
      <Contents groups={found} />
      <Box component="main" id="operations" tabIndex={-1} miw={0}>
        <BinStart publishing={publishing} />
        <TextInput
          aria-label="Search the operations"
          placeholder={`Search ${ids.size} operations: a path, a word, a service`}
          leftSection={<Search size={16} aria-hidden />}
          type="search"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          mb="lg"
        />
        {found.length === 0 && <Empty says={`No operation has “${wanted}” in its path, summary or service.`} />}
        {apis.map(({ api, title, path }) => (
          <Part key={api} title={title} path={path} empty={!found.some((group) => group.api === api)}>
            {found
              .filter((group) => group.api === api)
              .map((group) => (
                <GroupSection
                  key={group.name}
                  document={document}
                  group={group}
                  opened={opened}
                  onChange={(next) => setOpened(new Set(idsOf(group)), next)}
                />
              ))}
          </Part>
        ))}
        <Text size="sm" c="dimmed">
          Version {document.info.version}. The document behind this page is{" "}
          <Anchor href="/openapi.json" underline="always">
            openapi.json
          </Anchor>
          , for generators of clients.
        </Text>
      </Box>
    </Box>
  );
}

const idsOf = (group: { operations: { operationId: string }[] }) => group.operations.map((each) => each.operationId);

interface PartProps {
  title: string;
  path: string;
  empty: boolean;
  children: React.ReactNode;
}

function Part({ title, path, empty, children }: PartProps) {
  if (empty) return null;
  return (
    <>
      <Group gap="xs" mb="md" align="baseline">
        <Title order={2} size="h3">
          {title}
        </Title>
        <Text ff="monospace" c="dimmed">
          {path}
        </Text>
      </Group>
      {children}
    </>
  );
}
