import { Table, Text } from "@mantine/core";
import type { HttpHeaderJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";

/** Headers as sent or received. */
export function HeaderTable({ headers, label }: { headers: readonly HttpHeaderJson[]; label: string }) {
  if (!headers.length) return <Text size="sm" c="dimmed">{`No ${label}.`}</Text>;
  return (
    <Table withTableBorder layout="fixed" verticalSpacing={4} aria-label={label}>
      <Table.Tbody>
        {headers.map(({ name, value }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice, and the order never changes
          <Table.Tr key={at}>
            <Table.Th scope="row" w="35%" ff="monospace" fz="sm" fw={600}>
              {name}
            </Table.Th>
            <Table.Td ff="monospace" fz="sm">
              {value}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
