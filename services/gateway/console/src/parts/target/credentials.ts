/** How requests authenticate and what their connections show and trust, between the API's form and that of a page. */

import type { AuthenticationJson, TokenEndpointAuthMethodJson } from "../../gen/hookline/registry/v1/authentication_pb";
import type { TlsSettingsJson } from "../../gen/hookline/registry/v1/tls_pb";

export type Method = "none" | "basic" | "bearer" | "oauth2_client_credentials";

/** As they stand in a page's form: the fields of every method, one of which is chosen. Paths are those of the API. */
export interface Credentials {
  authentication: {
    method: Method;
    basic: { username: string; password: string };
    bearer: { token: string };
    oauth2_client_credentials: {
      token_url: string;
      client_id: string;
      client_secret: string;
      /** As one text, with blanks between them. */
      scopes: string;
      audience: string;
      resource: string;
      token_endpoint_auth_method: TokenEndpointAuthMethodJson;
      ca_certificates: string;
    };
  };
  tls: { client_certificate: string; client_private_key: string; ca_certificates: string };
}

export interface SavedCredentials {
  authentication?: AuthenticationJson;
  tls?: TlsSettingsJson;
}

/** The names that an update mask has for them. */
export const credentialsMask = ["authentication", "tls"];

/**
 * The names of a mask without credentials that were left alone. What is named is looked at anew: a certificate that has expired
 * meanwhile would keep everything else from being saved.
 */
export const withoutUntouched = (mask: readonly string[], isDirty: (name: string) => boolean): string[] =>
  mask.filter((name) => !credentialsMask.includes(name) || isDirty(name));

export const IN_HEADER: TokenEndpointAuthMethodJson = "TOKEN_ENDPOINT_AUTH_METHOD_CLIENT_SECRET_BASIC";
export const IN_BODY: TokenEndpointAuthMethodJson = "TOKEN_ENDPOINT_AUTH_METHOD_CLIENT_SECRET_POST";

/** Secrets are never among what is saved: each begins empty, which keeps the one that stands. */
export function toCredentials({ authentication = {}, tls = {} }: SavedCredentials): Credentials {
  const { basic, oauth2_client_credentials: client } = authentication;
  return {
    authentication: {
      method: methodOf(authentication),
      basic: { username: basic?.username ?? "", password: "" },
      bearer: { token: "" },
      oauth2_client_credentials: {
        token_url: client?.token_url ?? "",
        client_id: client?.client_id ?? "",
        client_secret: "",
        scopes: client?.scopes?.join(" ") ?? "",
        audience: client?.audience ?? "",
        resource: client?.resource ?? "",
        token_endpoint_auth_method: client?.token_endpoint_auth_method === IN_BODY ? IN_BODY : IN_HEADER,
        ca_certificates: client?.ca_certificates ?? "",
      },
    },
    tls: {
      client_certificate: tls.client_certificate ?? "",
      client_private_key: "",
      ca_certificates: tls.ca_certificates ?? "",
    },
  };
}

/** What is chosen alone; without a method, or without any certificates, the update removes what stands. */
export function fromCredentials({ authentication, tls }: Credentials): SavedCredentials {
  const given = Object.values(tls).some((pem) => pem.trim());
  return { authentication: fromAuthentication(authentication), tls: given ? tls : undefined };
}

/** Whether the secret of the method that is chosen is kept where none is given: it belongs to its user or client. */
export function keepsSecret({ authentication }: Credentials, saved: AuthenticationJson | undefined): boolean {
  const { method, basic, oauth2_client_credentials: client } = authentication;
  if (!saved || method !== methodOf(saved)) return false;
  if (method === "basic") return basic.username === (saved.basic?.username ?? "");
  if (method === "bearer") return true;
  const kept = saved.oauth2_client_credentials;
  return client.token_url.trim() === kept?.token_url && client.client_id === kept.client_id;
}

/** Whether the private key is kept where none is given: as long as there is a certificate that it may fit. */
export const keepsKey = ({ tls }: Credentials, saved: TlsSettingsJson | undefined): boolean =>
  Boolean(saved?.client_certificate && tls.client_certificate.trim());

function methodOf(saved: AuthenticationJson): Method {
  if (saved.basic) return "basic";
  if (saved.bearer) return "bearer";
  return saved.oauth2_client_credentials ? "oauth2_client_credentials" : "none";
}

function fromAuthentication(given: Credentials["authentication"]): AuthenticationJson | undefined {
  const { basic, bearer, oauth2_client_credentials: client } = given;
  switch (given.method) {
    case "none":
      return undefined;
    case "basic":
      return { basic };
    case "bearer":
      return { bearer };
    case "oauth2_client_credentials": {
      const scopes = client.scopes.split(/\s+/).filter(Boolean);
      return { oauth2_client_credentials: { ...client, token_url: client.token_url.trim(), scopes } };
    }
  }
}
