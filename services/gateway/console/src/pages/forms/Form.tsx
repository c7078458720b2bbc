import { Group } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useSession } from "../../api/session";
import type { FormJson } from "../../gen/hookline/registry/v1/form_pb";
import { tell } from "../../parts/confirm";
import { FeatureNotice } from "../../parts/FeatureNotice";
import { Loaded } from "../../parts/Loaded";
import { useMay } from "../../parts/may";
import { PageHeader } from "../../parts/PageHeader";
import { State } from "../../parts/State";
import { getForm } from "./api";
import { FormDeeds } from "./FormDeeds";
import { FormSettings } from "./FormSettings";
import { isOrder } from "./values";

/** One form, or a new one where the address says so. */
export default function Form() {
  const { id = "" } = useParams();
  return id === "new" ? <New /> : <Saved key={id} id={id} />;
}

function New() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const made = (form: FormJson) => {
    tell("The form is defined");
    queries.invalidateQueries({ queryKey: ["forms"] });
    navigate(`/forms/${form.id}`);
  };
  return (
    <>
      <PageHeader title="New form" says="Kind, number and type of object stay as they are once the form is defined." />
      <FeatureNotice feature="form_rules" says="A form can be defined, but must not send anything." />
      <FormSettings saved={{}} onSaved={made} />
    </>
  );
}

function Saved({ id }: { id: string }) {
  const { accountId } = useSession();
  const query = useQuery({
    queryKey: ["form", accountId, id],
    queryFn: () => getForm(id),
    // What is being edited must not change under one's hands: a later change is told of when it is saved.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  return (
    <Loaded query={query} title={`Form ${id}`}>
      {(form) => <Editor key={query.dataUpdatedAt} loaded={form} onReload={() => query.refetch()} />}
    </Loaded>
  );
}

function Editor({ loaded, onReload }: { loaded: FormJson; onReload(): void }) {
  const queries = useQueryClient();
  const [form, setForm] = useState(loaded);
  const may = useMay("MANAGE");
  const changed = (next: FormJson) => {
    setForm(next);
    queries.invalidateQueries({ queryKey: ["forms"] });
  };
  return (
    <>
      <PageHeader
        title={form.name || `Form ${form.number}`}
        says={`${isOrder(form.kind) ? "Order form" : "Form"} ${form.number} of the CRM`}
      >
        <Group gap="xs">
          <State value={form.paused ? "PAUSED" : "LIVE"} prefix="" />
          {may && <FormDeeds form={form} onChanged={changed} />}
        </Group>
      </PageHeader>
      <FeatureNotice feature="form_rules" says="Submissions fire nothing." />
      <FormSettings saved={form} onSaved={changed} onReload={onReload} />
    </>
  );
}
