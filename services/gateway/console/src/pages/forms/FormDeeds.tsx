import { useNavigate } from "react-router";
import type { FormJson } from "../../gen/hookline/registry/v1/form_pb";
import { Deeds } from "../../parts/Deeds";
import { deleteForm, tellForm } from "./api";

/** What can be done with a form besides editing it; its number is its own, so there is no duplicate. */
export function FormDeeds({ form, onChanged }: { form: FormJson; onChanged?(form: FormJson): void }) {
  const { id = "", etag, paused } = form;
  const navigate = useNavigate();
  return (
    <Deeds
      name={form.name || `Form ${form.number}`}
      paused={paused}
      list="forms"
      deleting="Later submissions match nothing. What it fired before is still sent; what settles is dropped."
      turn={async (verb) => onChanged?.(await tellForm(id, verb, etag))}
      away={async () => {
        await deleteForm(id, etag);
        await navigate("/forms");
      }}
    />
  );
}
