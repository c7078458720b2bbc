import { Skeleton, Stack } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "./Failure";

/** What was asked for once it is there; until then a placeholder, and why not where it was refused. */
export function Loaded<Data>({
  query,
  children,
}: {
  query: UseQueryResult<Data, Error>;
  children: (data: Data) => ReactNode;
}) {
  const failure = query.error ?? query.failureReason;
  if (query.data !== undefined) {
    return (
      <>
        {failure && <Failure error={failure} />}
        {children(query.data)}
      </>
    );
  }
  if (failure) return <Failure error={failure} onRetry={() => query.refetch()} />;
  return (
    <Stack gap="sm" role="group" aria-busy="true" aria-label="Loading">
      {[1, 2, 3, 4].map((line) => (
        <Skeleton key={line} height={36} />
      ))}
    </Stack>
  );
}
