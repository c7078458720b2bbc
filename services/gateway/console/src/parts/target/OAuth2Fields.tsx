import { Select, SimpleGrid, TextInput } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { type Credentials, IN_BODY, IN_HEADER } from "./credentials";
import { PemInput } from "./PemInput";
import { SecretInput } from "./SecretInput";
import { pemProps } from "./TlsFields";

const AT = "authentication.oauth2_client_credentials";

const places = [
  { value: IN_HEADER, label: "in a header" },
  { value: IN_BODY, label: "in the body" },
];

/** Where access tokens come from, and who asks for them. */
export function OAuth2Fields<Values extends Credentials>({
  form,
  kept,
}: {
  form: UseFormReturnType<Values>;
  kept: boolean;
}) {
  const input = (name: string) => form.getInputProps(`${AT}.${name}`);
  return (
    <>
      <TextInput
        label="Token URL"
        type="url"
        placeholder="https://login.example/oauth2/token"
        {...input("token_url")}
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput label="Client ID" autoComplete="off" {...input("client_id")} />
        <SecretInput label="Client secret" kept={kept} {...input("client_secret")} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Scopes"
          description="With blanks between them"
          {...input("scopes")}
          error={form.errors[`${AT}.scopes`] ?? ofAScope(form.errors)}
        />
        <Select
          label="ID and secret go"
          description="To the token server"
          allowDeselect={false}
          data={places}
          {...input("token_endpoint_auth_method")}
        />
        <TextInput label="Audience" description="Where the token server asks for it" {...input("audience")} />
        <TextInput label="Resource" description="The same, as a URI (RFC 8707)" {...input("resource")} />
      </SimpleGrid>
      <PemInput
        label="CA certificates of the token server"
        description="In PEM, trusted instead of the system's; empty: the system's"
        {...pemProps(form, `${AT}.ca_certificates`)}
      />
    </>
  );
}

/** What is wrong with one of the scopes, which stand in one field here. */
function ofAScope(errors: UseFormReturnType<Credentials>["errors"]) {
  const path = Object.keys(errors).find((each) => each.startsWith(`${AT}.scopes.`));
  return path && errors[path];
}
