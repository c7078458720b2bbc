import { Textarea } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";

/** A rule in the original's grammar, as it stands in a form. */
export interface Written {
  events: string;
  conditions: string;
  actions: string;
}

const fields: { name: keyof Written; label: string; placeholder: string }[] = [
  { name: "events", label: "Events", placeholder: "Contact_added_to_category(4);field_is_updated(email)" },
  { name: "conditions", label: "Conditions", placeholder: "Is_in_category(5);Is_not_in_category(6)" },
  { name: "actions", label: "Actions", placeholder: "Ping_APIURL(7)" },
];

/** The three texts of a rule. */
export function TextFields<Values extends Written>({ form }: { form: UseFormReturnType<Values> }) {
  return fields.map(({ name, label, placeholder }) => (
    <Textarea
      key={name}
      label={label}
      placeholder={placeholder}
      autosize
      minRows={1}
      maxRows={10}
      classNames={{ input: "monospace" }}
      spellCheck={false}
      {...form.getInputProps(name)}
    />
  ));
}
