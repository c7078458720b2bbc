import { Group, Text, Title } from "@mantine/core";
import { Link } from "react-router";
import { ColourScheme } from "../../parts/Shell";
import { KeyFields } from "./KeyFields";

/** The head of the Live Doc, with the key at the right; it stays while the page is scrolled. */
export function Top() {
  return (
    <header className="docs-top">
      <Group justify="space-between" gap="sm" wrap="wrap">
        <Group gap="sm" wrap="nowrap">
          <Link to="/" aria-label="Console">
            <img src="/favicon.svg" alt="" width={28} height={28} />
          </Link>
          <div>
            <Title order={1} size="h4" lh={1.2}>
              Live Doc
            </Title>
            <Text size="xs" c="dimmed" className="wide-only">
              Every operation, ready to be tried out
            </Text>
          </div>
        </Group>
        <Group gap="xs" wrap="nowrap" className="docs-keys">
          <KeyFields />
          <ColourScheme />
        </Group>
      </Group>
    </header>
  );
}
