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

/** A list as far as it was loaded, with a button that loads more of it; pale while another filter's answer comes. */
export function Listed<Item>({ pages, empty, children }: Props<Item>) {
  return (
    <Loaded query={pages}>
      {(items) => (
        <div aria-busy={pages.isPlaceholderData || undefined} className="listed">
          {items.length === 0 && !pages.hasNextPage ? empty : children(items)}
          {pages.hasNextPage && !pages.isPlaceholderData && (
            <Center mt="md">
              <Button variant="default" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
                Load more
              </Button>
            </Center>
          )}
        </div>
      )}
    </Loaded>
  );
}
