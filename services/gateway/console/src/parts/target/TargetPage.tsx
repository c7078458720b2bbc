import { Grid, Stack } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useSession } from "../../api/session";
import type { TargetKindJson } from "../../gen/hookline/dispatcher/v1/delivery_pb";
import { Loaded } from "../Loaded";
import { useMay } from "../may";
import { PageHeader } from "../PageHeader";
import { getTarget, type Noun, type SavedTarget } from "./api";
import { CertificatePanel } from "./CertificatePanel";
import { DeleteTarget } from "./DeleteTarget";
import { Health } from "./Health";
import { SecretPanel } from "./SecretPanel";
import type { TargetFormProps } from "./TargetForm";
import { TestPanel } from "./TestPanel";

interface Props<Target extends SavedTarget> {
  noun: Noun;
  id: string;
  title(target: Target): string;
  /** Its form, and what stands above it. */
  children(form: TargetFormProps<Target> & { saved: Target }): ReactNode;
}

const kinds: Record<Noun, TargetKindJson> = {
  subscription: "TARGET_KIND_SUBSCRIPTION",
  webhook: "TARGET_KIND_WEBHOOK",
};
const named = (noun: Noun, id: string) => `${noun === "webhook" ? "Webhook" : "Subscription"} ${id}`;

/** A target that is saved: its settings, how it does, a test, and by what it signs. */
export function TargetPage<Target extends SavedTarget>(props: Props<Target>) {
  const { noun, id } = props;
  const { accountId } = useSession();
  const query = useQuery({
    queryKey: [noun, accountId, id],
    queryFn: () => getTarget<Target>(noun, id),
    // What is being edited must not change under one's hands: a later change is told of when it is saved.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Loaded query={query} title={named(noun, id)}>
      {(loaded) => <Opened key={query.dataUpdatedAt} {...props} loaded={loaded} onReload={() => query.refetch()} />}
    </Loaded>
  );
}

interface OpenedProps<Target extends SavedTarget> extends Props<Target> {
  loaded: Target;
  onReload(): void;
}

function Opened<Target extends SavedTarget>({ noun, id, title, children, loaded, onReload }: OpenedProps<Target>) {
  const queries = useQueryClient();
  const [saved, setSaved] = useState(loaded);
  const may = useMay("MANAGE");
  const target = { kind: kinds[noun], id };
  const expireTime = saved.tls?.client_certificate_expire_time;
  const changed = (next: Target) => {
    setSaved(next);
    queries.invalidateQueries({ queryKey: [`${noun}s`] });
    queries.invalidateQueries({ queryKey: ["target"] });
  };
  return (
    <>
      <PageHeader title={title(saved)} says={named(noun, id)}>
        {may && <DeleteTarget noun={noun} id={id} etag={saved.etag} />}
      </PageHeader>
      <Grid>
        <Grid.Col span={{ base: 12, lg: 7 }}>
          {children({ saved, onSaved: (made) => changed(made.target), onReload })}
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 5 }}>
          <Stack>
            <Health target={target} />
            {may && <TestPanel target={target} />}
            {expireTime && <CertificatePanel expireTime={expireTime} />}
            <SecretPanel noun={noun} saved={saved} onRotated={changed} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}
