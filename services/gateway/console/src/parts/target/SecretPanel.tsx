import { Button, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import { post } from "../../api/client";
import { Code } from "../Code";
import { confirm, tell, tellFailure } from "../confirm";
import { showOnce } from "../ShownOnce";
import { Time } from "../Time";

const overlaps = [
  { value: "0s", label: "none: the old one ends at once" },
  { value: "3600s", label: "1 hour" },
  { value: "86400s", label: "1 day" },
  { value: "259200s", label: "3 days" },
  { value: "604800s", label: "7 days" },
];

const shared = { value: "SIGNATURE_SCHEME_HMAC_SHA256", label: "shared secret (v1)" };
const paired = { value: "SIGNATURE_SCHEME_ED25519", label: "key pair (v1a)" };

type Rotated = { signing_secret?: string; subscription?: Signed; webhook?: Signed };
type Signed = { public_key?: string };

/** Rotates the signing secret of a target, perhaps to another scheme; `path` is the operation that does. */
export function SecretPanel({ path, target }: { path: string; target: Signed & { old_secret_expire_time?: string } }) {
  const oldExpires = target.old_secret_expire_time;
  const current = target.public_key ? paired.value : shared.value;
  const queries = useQueryClient();
  const [overlap, setOverlap] = useState("86400s");
  const [chosen, setChosen] = useState<string | null>(null);
  const signature = chosen ?? current;
  const rotate = useMutation({
    mutationFn: () => post<Rotated>(path, { overlap, signature }),
    onSuccess: (rotated) =>
      rotated.signing_secret
        ? showOnce("The new signing secret", { "Signing secret": rotated.signing_secret })
        : tell("Signed by a new key pair: its public key stands in this panel"),
    onError: tellFailure,
    onSettled: () => {
      queries.invalidateQueries({ queryKey: ["subscription"] });
      queries.invalidateQueries({ queryKey: ["webhook"] });
    },
  });
  const ask = () =>
    confirm(
      "Rotate the signing secret?",
      "Requests are signed with the new secret from now on, and with the old one as well until the overlap ends.",
      "Rotate",
      () => rotate.mutate(),
    );
  return (
    <Paper withBorder p="md" component="section" aria-label="Signing secret">
      <Stack gap="sm">
        <Title order={2} size="h4">
          Signing secret
        </Title>
        {oldExpires && new Date(oldExpires) > new Date() && (
          <Text size="sm">
            The secret before this one signs as well; it ends <Time value={oldExpires} span />.
          </Text>
        )}
        {target.public_key && <Text size="sm">Verified by this public key:</Text>}
        {target.public_key && <Code text={target.public_key} label="Public key" />}
        <Group align="flex-end">
          <Select
            label="Signed by"
            description="From the rotation on"
            allowDeselect={false}
            data={[shared, paired]}
            value={signature}
            onChange={setChosen}
          />
          <Select
            label="Overlap"
            description="How long the old one signs beside the new one"
            allowDeselect={false}
            data={overlaps}
            value={overlap}
            onChange={(value) => setOverlap(value ?? "86400s")}
          />
          <Button
            variant="default"
            leftSection={<RotateCw size={16} aria-hidden />}
            loading={rotate.isPending}
            onClick={ask}
          >
            Rotate
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}
