import { Button, Center } from "@mantine/core";
import type { ReactNode } from "react";
import { Loaded } from "./Loaded";
import type { Pages } from "./usePages";

interface Props<Item> {
  pages: Pages<Item>;
  /** What stands there while the list has no item. */
  empty: ReactNode;
  children(items: Item[]): ReactNode;
}

/** A list as far as it was loaded, with a button that loads more of it. */
export function Listed<Item>({ pages, empty, children }: Props<Item>) {
  return (
    <Loaded query={pages}>
      {(items) => (
        <>
          {items.length === 0 && !pages.hasNextPage ? empty : children(items)}
          {pages.hasNextPage && (
            <Center mt="md">
              <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                Load more
              </Button>
            </Center>
          )}
        </>
      )}
    </Loaded>
  );
}
