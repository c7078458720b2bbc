import { Button, type ButtonProps, Group, Stack, Text } from "@mantine/core";
import { Plus } from "lucide-react";
import { Fragment, type ReactNode } from "react";

/** One item of a list that is edited, known by its place. */
export interface Line<Item> {
  index: number;
  /** `about` says what of it was changed, such as one field that is typed into. */
  set(item: Item, about?: string): void;
  remove(): void;
}

interface Props<Item> {
  items: readonly Item[];
  /** How many there may be. */
  most: number;
  /** What the button that adds one is called. */
  add: string;
  fresh(): Item;
  /** Said while there is none. */
  none?: string;
  button?: ButtonProps;
  /** Stands beside that button. */
  beside?: ReactNode;
  /** `about` begins with the place of what was changed: `2.value`. Empty: the list itself was, or a whole item. */
  onChange(items: Item[], about: string): void;
  children(item: Item, line: Line<Item>): ReactNode;
}

/** A list that is edited in place, with a button that adds to it. */
export function Lines<Item>({ items, most, add, fresh, none, button, beside, onChange, children }: Props<Item>) {
  const line = (index: number): Line<Item> => ({
    index,
    set: (item, about) =>
      onChange(
        items.map((each, at) => (at === index ? item : each)),
        about ? `${index}.${about}` : "",
      ),
    remove: () =>
      onChange(
        items.filter((_, at) => at !== index),
        "",
      ),
  });
  return (
    <Stack gap="xs">
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no other key than their place
        <Fragment key={index}>{children(item, line(index))}</Fragment>
      ))}
      {items.length === 0 && none && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      <Group gap="xs">
        <Button
          variant="light"
          size="xs"
          leftSection={<Plus size={14} aria-hidden />}
          disabled={items.length >= most}
          onClick={() => onChange([...items, fresh()], "")}
          {...button}
        >
          {add}
        </Button>
        {beside}
      </Group>
    </Stack>
  );
}
