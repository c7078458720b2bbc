import { Select } from "@mantine/core";
import type { SignatureSchemeJson } from "../../gen/hookline/registry/v1/subscription_pb";
import { saysOf, schemes } from "./signatures";

/** Chooses how the requests of a target are signed that is to be made. */
export function SignatureInput({
  value,
  onChange,
}: {
  value: SignatureSchemeJson;
  onChange(value: SignatureSchemeJson): void;
}) {
  return (
    <Select
      label="Signed by"
      description={saysOf(value)}
      allowDeselect={false}
      data={schemes}
      value={value}
      onChange={(chosen) => chosen && onChange(chosen as SignatureSchemeJson)}
    />
  );
}
