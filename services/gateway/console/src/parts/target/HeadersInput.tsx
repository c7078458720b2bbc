import { PasswordInput, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { HeaderLines } from "./HeaderLines";
import { type Headers, isKept } from "./headers";

/** The headers of a form's values, and below them those whose values nobody is shown again. */
export function HeadersInput<Values extends Headers>({
  form,
  saved,
}: {
  form: UseFormReturnType<Values>;
  saved?: Partial<Headers>;
}) {
  return (
    <>
      <HeaderLines form={form} list="headers" legend="Headers" noun="header">
        {(_name, input, label) => <TextInput aria-label={label} placeholder="hookline" flex={2} {...input} />}
      </HeaderLines>
      <HeaderLines
        form={form}
        list="secret_headers"
        legend="Secret headers"
        says="Go along with every request, such as Authorization with a token. A value is kept sealed, and shown to nobody again."
        noun="secret header"
      >
        {(name, input, label) => (
          <PasswordInput
            aria-label={label}
            placeholder={isKept(name, saved) ? "kept as it is" : "Bearer …"}
            flex={2}
            // A browser is not to fill in or keep what is no password of this site.
            autoComplete="new-password"
            visibilityToggleButtonProps={{ "aria-label": `Show ${label.toLowerCase()}` }}
            {...input}
          />
        )}
      </HeaderLines>
    </>
  );
}
