import { Alert, Paper, Stack, Text, Title } from "@mantine/core";
import { TriangleAlert } from "lucide-react";
import { Time } from "../Time";
import { standingOf } from "./expiry";

/** Until when the client certificate of a target is good. */
export function CertificatePanel({ expireTime }: { expireTime: string }) {
  const standing = standingOf(expireTime, new Date());
  return (
    <Paper withBorder p="md" component="section" aria-label="Client certificate">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Client certificate
        </Title>
        <Text size="sm">
          {standing === "expired" ? "It expired" : "It expires"} <Time value={expireTime} span />.
        </Text>
        {standing !== "valid" && (
          <Alert color={standing === "expired" ? "red" : "yellow"} icon={<TriangleAlert aria-hidden />}>
            {standing === "expired" ? "Attempts fail. " : "From then on attempts fail. "}
            To renew it, give certificate and private key again.
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}
