import { Switch } from "@mantine/core";
import { Conditions } from "../../../parts/language/Conditions";
import { below, type ErrorAt } from "../../../parts/language/errors";
import { Triggers } from "../../../parts/language/Triggers";
import type { Vocabulary } from "../../../parts/language/useNames";
import type { Element } from "../map/kinds";
import { EntrySettle } from "./EntrySettle";
import { SplitSetup } from "./SplitSetup";
import { TagSetup } from "./TagSetup";
import { WaitSetup } from "./WaitSetup";
import { WebhookSetup } from "./WebhookSetup";

export interface SetupProps {
  element: Element;
  objectTypeId: number;
  names: Vocabulary;
  /** What is wrong at a path within the element, such as `webhook.webhook_id`. */
  errorAt: ErrorAt;
  /** `about` says which field is typed into, so that it is undone at once. */
  onChange(element: Element, about?: string): void;
}

/** What is set up at an element of its kind. */
export function ElementSetup(props: SetupProps) {
  const { element, objectTypeId, names, errorAt, onChange } = props;
  const { entry, goal, condition } = element;
  if (entry) {
    return (
      <>
        <Triggers
          triggers={entry.triggers ?? []}
          errorAt={below(errorAt, "entry.triggers")}
          objectTypeId={objectTypeId}
          names={names}
          onChange={(triggers, about) => onChange({ ...element, entry: { ...entry, triggers } }, about)}
        />
        <EntrySettle {...props} />
      </>
    );
  }
  if (goal) {
    return (
      <>
        <Triggers
          triggers={goal.triggers ?? []}
          errorAt={below(errorAt, "goal.triggers")}
          objectTypeId={objectTypeId}
          names={names}
          onChange={(triggers, about) => onChange({ ...element, goal: { ...goal, triggers } }, about)}
        />
        <Switch
          label="Let contacts who come by the way go on"
          description="Otherwise they wait here until it happens"
          checked={goal.pass_through ?? false}
          onChange={(event) =>
            onChange({ ...element, goal: { ...goal, pass_through: event.currentTarget.checked || undefined } })
          }
        />
      </>
    );
  }
  if (condition) {
    return (
      <Conditions
        groups={condition.any_of ?? []}
        errorAt={below(errorAt, "condition.any_of")}
        names={names}
        onChange={(any_of, about) => onChange({ ...element, condition: { ...condition, any_of } }, about)}
      />
    );
  }
  if (element.wait) return <WaitSetup {...props} />;
  if (element.split) return <SplitSetup {...props} />;
  if (element.tag) return <TagSetup {...props} />;
  return element.webhook ? <WebhookSetup {...props} /> : null;
}
