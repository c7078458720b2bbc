/** What authentication cannot do without, so that a form says so before the server is asked. */

import type { AuthenticationJson } from "../../gen/hookline/registry/v1/authentication_pb";
import { type Credentials, keepsSecret, type Method } from "./credentials";

type Rule = (value: string, values: Credentials) => string | null;

/** The rules of the form's fields; a secret that is kept need not be given. */
export function credentialRules(saved: AuthenticationJson | undefined) {
  const needed =
    (method: Method, says: string): Rule =>
    (value, { authentication }) =>
      authentication.method === method && !value.trim() ? says : null;
  const secret =
    (method: Method, says: string): Rule =>
    (value, values) =>
      values.authentication.method === method && !value && !keepsSecret(values, saved) ? says : null;
  const client: Method = "oauth2_client_credentials";
  return {
    authentication: {
      basic: { password: secret("basic", "Enter the password of this user") },
      bearer: { token: secret("bearer", "Enter the token") },
      oauth2_client_credentials: {
        token_url: needed(client, "Enter the address that tokens come from"),
        client_id: needed(client, "Enter who asks for tokens"),
        client_secret: secret(client, "Enter the secret of this client at this address"),
      },
    },
  };
}
