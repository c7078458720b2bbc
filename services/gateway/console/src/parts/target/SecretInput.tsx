import { PasswordInput, type PasswordInputProps } from "@mantine/core";

interface Props extends PasswordInputProps {
  label: string;
  /** Whether the one that stands is kept while nothing is entered. */
  kept: boolean;
}

/** A secret that is only ever written: what is saved is not shown. */
export function SecretInput({ label, kept, ...input }: Props) {
  return (
    <PasswordInput
      label={label}
      placeholder={kept ? "kept; type to replace" : undefined}
      // A browser is not to fill in or keep what is no password of this site.
      autoComplete="new-password"
      visibilityToggleButtonProps={{ "aria-label": `Show ${label.toLowerCase()}` }}
      {...input}
    />
  );
}
