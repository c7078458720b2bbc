import { Alert, Group, Stack, Table, Tabs, Text } from "@mantine/core";
import type { AttemptRequestJson, HttpHeaderJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { shownBytes } from "../bytes";
import { Code, Copying } from "../Code";
import { prettyJson } from "../json";
import { asCurl } from "./curl";
import { decoded } from "./decoded";

/** The headers of a request or response. */
export function Headers({ headers }: { headers: HttpHeaderJson[] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={2} fz="sm">
      <Table.Tbody>
        {headers.map(({ name, value }, position) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may stand there twice, and they never move
          <Table.Tr key={position}>
            <Table.Th scope="row" fw={600} w="1%" className="nowrap">
              {name}
            </Table.Th>
            <Table.Td ff="monospace">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** One request: its line, its headers, its body as sent and decoded, and the command that repeats it. */
export function RequestView({ request }: { request: AttemptRequestJson }) {
  const body = shownBytes(request.body);
  const type = request.headers?.find(({ name }) => name?.toLowerCase() === "content-type")?.value ?? "";
  const fields = body.binary ? null : decoded(type, body.text);
  const curl = asCurl(request, body);
  return (
    <Stack gap="sm">
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Text ff="monospace" size="sm" fw={600}>
          {request.method} {request.url}
        </Text>
        <Copying text={request.url ?? ""} label="Copy the URL" />
      </Group>
      <Headers headers={request.headers ?? []} />
      {body.binary && <Alert color="gray">The body is not text; its bytes are shown in hex.</Alert>}
      <Tabs defaultValue="body" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="body">Body</Tabs.Tab>
          {fields && <Tabs.Tab value="decoded">Decoded</Tabs.Tab>}
          {curl && <Tabs.Tab value="curl">curl</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="body" pt="xs">
          {body.text ? <Code text={prettyJson(body.text)} label="the body" /> : <Text size="sm">No body.</Text>}
        </Tabs.Panel>
        {fields && (
          <Tabs.Panel value="decoded" pt="xs">
            <Headers headers={fields} />
          </Tabs.Panel>
        )}
        {curl && (
          <Tabs.Panel value="curl" pt="xs">
            <Code text={curl} label="the command" />
          </Tabs.Panel>
        )}
      </Tabs>
    </Stack>
  );
}
