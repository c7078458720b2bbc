import { Stack } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { type ReactNode, useState } from "react";
import { post } from "../../api/client";
import type { PreviewJson } from "../../gen/hookline/dispatcher/v1/preview_service_pb";
import { GuardedForm } from "../GuardedForm";
import { showRefusal } from "../refusals";
import { createTarget, type Noun, type SavedTarget, type Signed, tryTarget, updateTarget } from "./api";
import { withoutUntouched } from "./credentials";
import { PreviewPanel } from "./PreviewPanel";
import { SignatureInput } from "./SignatureInput";
import { SHARED } from "./signatures";

/** What is told of the settings of a target that are saved or to be made. */
export interface TargetFormProps<Target> {
  /** The target that is changed; none: one is made. */
  saved?: Target;
  onSaved(made: Signed<Target>): void;
  /** Fetches it as it is now, where somebody else changed it. */
  onReload?(): void;
}

interface Props<Values extends object, Target extends SavedTarget> extends TargetFormProps<Target> {
  noun: Noun;
  form: UseFormReturnType<Values>;
  /** The names of what the form may change. */
  mask: readonly string[];
  /** The form's values as settings of the API, and the other way round. */
  store(values: Values): object;
  load(saved: Target): Values;
  /** What a preview is asked for besides the settings, given the data of a sample object. */
  sample(data?: Record<string, unknown>): object;
  /** The fields. */
  children: ReactNode;
}

/** The form around the settings of a subscription or a webhook, and below it the preview of its request. */
export function TargetForm<Values extends object, Target extends SavedTarget>(props: Props<Values, Target>) {
  const { noun, form, mask, store, load, saved, sample, onSaved, onReload, children } = props;
  const [signature, setSignature] = useState(SHARED);
  const settings = () => ({ ...store(form.getValues()), id: saved?.id });
  const named = () => withoutUntouched(mask, (name) => form.isDirty(name));
  const render = async (data?: Record<string, unknown>) => {
    const asked = { [noun]: store(form.getValues()), ...sample(data) };
    return (await post<{ preview?: PreviewJson }>(`/v1/${noun}s:preview`, asked)).preview;
  };
  const save = (over: boolean) =>
    saved
      ? updateTarget<Target>(noun, { ...settings(), ...(!over && { etag: saved.etag }) }, named())
      : createTarget<Target>(noun, settings(), signature);
  const took = (made: Signed<Target>) => {
    // What was entered as a secret does not stay in the page.
    form.setInitialValues(load(made.target));
    form.reset();
    onSaved(made);
  };
  return (
    <Stack>
      <GuardedForm
        form={form}
        message={noun}
        there={Boolean(saved)}
        make={`Make the ${noun}`}
        store={save}
        check={() => tryTarget(noun, settings(), named())}
        onSaved={took}
        onReload={onReload}
      >
        {children}
        {!saved && <SignatureInput value={signature} onChange={setSignature} />}
      </GuardedForm>
      <PreviewPanel render={render} onRefused={(error) => showRefusal(form, error, noun)} />
    </Stack>
  );
}
