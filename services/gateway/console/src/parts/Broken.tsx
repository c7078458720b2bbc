import { Container } from "@mantine/core";
import { useRouteError } from "react-router";
import { Failure } from "./Failure";

/** Stands where a page failed: the others still work. */
export function Broken() {
  return (
    <Container size="sm" py="xl">
      <Failure error={useRouteError()} onRetry={() => window.location.reload()} />
    </Container>
  );
}
