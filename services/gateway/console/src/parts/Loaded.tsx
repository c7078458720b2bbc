import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "./Failure";
import { PageHeader } from "./PageHeader";

interface Props<Data> {
  query: UseQueryResult<Data, Error>;
  /** The heading of a page until there is what heads it itself. */
  title?: string;
  children: (data: Data) => ReactNode;
}

/** What was asked for once it is there; until then a placeholder, and why not where it was refused. */
export function Loaded<Data>({ query, title, children }: Props<Data>) {
  const failure = query.error ?? query.failureReason;
  if (query.data !== undefined) {
    return (
      <>
        {failure && <Failure error={failure} />}
        {children(query.data)}
      </>
    );
  }
  return (
    <>
      {title && <PageHeader title={title} />}
      {failure ? <Failure error={failure} onRetry={() => query.refetch()} /> : <Placeholder />}
    </>
  );
}

function Placeholder() {
  return (
    <Stack gap="sm" role="group" aria-busy="true" aria-label="Loading">
      {[1, 2, 3, 4].map((line) => (
        <Skeleton key={line} height={36} />
      ))}
    </Stack>
  );
}
