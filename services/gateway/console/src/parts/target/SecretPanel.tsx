import { Button, Group, Paper, Select, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useState } from "react";
import type { SignatureSchemeJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { Code } from "../Code";
import { confirm, tell, tellFailure } from "../confirm";
import { useMay } from "../may";
import { showOnce } from "../ShownOnce";
import { Time } from "../Time";
import { type Noun, rotateSecret, type SavedTarget, type Signed } from "./api";
import { PAIRED, SHARED, schemes } from "./signatures";

const overlaps = [
  { value: "0s", label: "none: the old one ends at once" },
  { value: "3600s", label: "1 hour" },
  { value: "86400s", label: "1 day" },
  { value: "259200s", label: "3 days" },
  { value: "604800s", label: "7 days" },
];

interface Props<Target extends SavedTarget> {
  noun: Noun;
  saved: Target;
  onRotated(target: Target): void;
}

/** By what the requests of a target are verified; its signing secret is rotated here, perhaps to another scheme. */
export function SecretPanel<Target extends SavedTarget>({ noun, saved, onRotated }: Props<Target>) {
  const oldExpires = saved.old_secret_expire_time;
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
        {saved.public_key ? (
          <>
            <Text size="sm">Verified by this public key:</Text>
            <Code text={saved.public_key} label="Public key" />
          </>
        ) : (
          <Text size="sm">Verified by a secret that the receiver shares. It was shown when it was made.</Text>
        )}
        {useMay("MANAGE") && <Rotation noun={noun} saved={saved} onRotated={onRotated} />}
      </Stack>
    </Paper>
  );
}

function Rotation<Target extends SavedTarget>({ noun, saved, onRotated }: Props<Target>) {
  const [overlap, setOverlap] = useState("86400s");
  const [chosen, setChosen] = useState<SignatureSchemeJson>();
  const signature = chosen ?? (saved.public_key ? PAIRED : SHARED);
  const rotate = useMutation({
    mutationFn: () => rotateSecret<Target>(noun, saved.id ?? "", overlap, signature),
    onSuccess: ({ target, secret }: Signed<Target>) => {
      onRotated(target);
      if (secret) showOnce("The new signing secret", { "Signing secret": secret });
      else tell("Signed by a new key pair: its public key stands in this panel");
    },
    onError: tellFailure,
  });
  const ask = () =>
    confirm(
      "Rotate the signing secret?",
      "Requests are signed with the new secret from now on, and with the old one as well until the overlap ends.",
      "Rotate",
      () => rotate.mutate(),
    );
  return (
    <Group align="flex-end">
      <Select
        label="Signed by"
        description="From the rotation on"
        allowDeselect={false}
        data={schemes}
        value={signature}
        onChange={(value) => setChosen(value as SignatureSchemeJson)}
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
  );
}
