import { Container } from "@mantine/core";
import { useEffect } from "react";
import { useRouteError } from "react-router";
import { ApiError } from "../api/client";
import { Failure } from "./Failure";
import { reloadOnceItAnswers } from "./reload";

/** Stands where a page failed: the others still work. One whose program could not be fetched is loaded anew by itself. */
export function Broken() {
  const error = useRouteError();
  const unfetched = isUnfetched(error);
  useEffect(() => (unfetched ? reloadOnceItAnswers() : undefined), [unfetched]);
  const told = unfetched ? new ApiError(0, "Hookline does not answer") : error;
  return (
    <Container size="sm" py="xl">
      <Failure error={told} onRetry={() => window.location.reload()} />
    </Container>
  );
}

/** Whether a part of the program could not be fetched, in the words of Chromium, Firefox and Safari. */
function isUnfetched(error: unknown): boolean {
  return error instanceof TypeError && /dynamically imported module|module script failed/i.test(error.message);
}
