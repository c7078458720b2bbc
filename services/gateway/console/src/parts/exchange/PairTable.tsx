import { Table, Text } from "@mantine/core";
import { LongText } from "./LongText";

interface Props {
  /** Names with their values, in their order; a name may come twice. */
  pairs: readonly (readonly [name: string, value: string])[];
  label: string;
}

/** The headers of a request or response, or the fields of a form. */
export function PairTable({ pairs, label }: Props) {
  if (!pairs.length) return <Text size="sm" c="dimmed">{`No ${label}.`}</Text>;
  return (
    <Table withTableBorder layout="fixed" verticalSpacing={4} aria-label={label}>
      <Table.Tbody>
        {pairs.map(([name, value], at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and the order never changes
          <Table.Tr key={at}>
            <Table.Th scope="row" w={{ base: "45%", sm: "35%" }} ff="monospace" fz="sm" fw={600}>
              {name}
            </Table.Th>
            <Table.Td ff="monospace" fz="sm" className="pre">
              <LongText text={value} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
