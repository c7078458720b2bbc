/** Saving the settings of a target, the same for subscriptions and webhooks. */

import type { UseFormReturnType } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { patch, post } from "../../api/client";
import { tell } from "../confirm";
import { showRefusal } from "../refusals";
import { showOnce } from "../ShownOnce";

export type Noun = "subscription" | "webhook";

/** What of a saved target its form needs to write over it. */
export interface SavedTarget {
  id?: string;
  etag?: string;
}

/** How the values of a form become a target of the API. */
export interface Kept<Values> {
  noun: Noun;
  /** The names of what the form may change. */
  mask: readonly string[];
  store(values: Values): object;
}

type Answer = { [noun in Noun]?: SavedTarget } & { signing_secret?: string };

/** Makes a target and shows its secret this once, or changes one that is saved; what is refused is put next to its field. */
export function useTargetSave<Values extends object>(
  form: UseFormReturnType<Values>,
  { noun, mask, store }: Kept<Values>,
  saved?: SavedTarget,
) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const refused = (error: unknown) => showRefusal(form, error, noun);
  const save = useMutation({
    mutationFn: (values: Values) =>
      saved
        ? patch<Answer>(`/v1/${noun}s/${saved.id}`, {
            [noun]: { ...store(values), id: saved.id, etag: saved.etag },
            update_mask: mask.join(","),
          })
        : post<Answer>(`/v1/${noun}s`, { [noun]: store(values), request_id: crypto.randomUUID() }),
    onSuccess: (answer) => {
      queries.invalidateQueries({ queryKey: [`${noun}s`] });
      queries.invalidateQueries({ queryKey: [noun] });
      if (saved) return tell("Saved");
      navigate(`/${noun}s/${answer[noun]?.id}`);
      showOnce(`The ${noun} is made`, { "Signing secret": answer.signing_secret ?? "" });
    },
    onError: refused,
  });
  return { save, refused };
}
