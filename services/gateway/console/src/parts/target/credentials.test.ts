import { describe, expect, test } from "vitest";
import {
  type Credentials,
  fromCredentials,
  keepsKey,
  keepsSecret,
  type SavedCredentials,
  toCredentials,
  withoutUntouched,
} from "./credentials";
import { credentialRules } from "./missing";

const client = {
  token_url: "https://login.example/token",
  client_id: "hookline",
  scopes: ["read", "write"],
  audience: "https://api.example",
  resource: "https://api.example/v1",
  token_endpoint_auth_method: "TOKEN_ENDPOINT_AUTH_METHOD_CLIENT_SECRET_POST",
  ca_certificates: "PEM",
} as const;
const saved: SavedCredentials = {
  authentication: { oauth2_client_credentials: { ...client, scopes: [...client.scopes] } },
  tls: { client_certificate: "PEM", client_certificate_expire_time: "2026-03-01T00:00:00Z" },
};

/** What is saved, with some of the fields of a client changed. */
function changed(more: Partial<Credentials["authentication"]["oauth2_client_credentials"]>): Credentials {
  const values = toCredentials(saved);
  Object.assign(values.authentication.oauth2_client_credentials, more);
  return values;
}

test("what is left alone goes back without its secrets, which keeps those that stand", () => {
  expect(fromCredentials(toCredentials(saved))).toEqual({
    authentication: { oauth2_client_credentials: { ...client, client_secret: "" } },
    tls: { client_certificate: "PEM", client_private_key: "", ca_certificates: "" },
  });
});

test("nothing stays nothing, and what is taken out of the form is removed", () => {
  const nothing = { authentication: undefined, tls: undefined };
  expect(fromCredentials(toCredentials({}))).toEqual(nothing);
  const values = toCredentials(saved);
  values.authentication.method = "none";
  values.tls.client_certificate = " \n";
  expect(fromCredentials(values)).toEqual(nothing);
});

test("credentials that were left alone are not among what is saved", () => {
  const mask = ["url", "authentication", "tls"];
  expect(withoutUntouched(mask, () => false)).toEqual(["url"]);
  expect(withoutUntouched(mask, (name) => name === "tls")).toEqual(["url", "tls"]);
});

test("scopes are a text with blanks between them", () => {
  const given = fromCredentials(changed({ scopes: " one  two\nthree " }));
  expect(given.authentication?.oauth2_client_credentials?.scopes).toEqual(["one", "two", "three"]);
});

test("of the methods the one that is chosen is given alone", () => {
  const values = toCredentials(saved);
  values.authentication.method = "basic";
  values.authentication.basic = { username: "mary", password: "x" };
  expect(fromCredentials(values).authentication).toEqual({ basic: { username: "mary", password: "x" } });
});

describe("a secret is kept", () => {
  test("for the same client alone", () => {
    expect(keepsSecret(changed({ scopes: "" }), saved.authentication)).toBe(true);
    expect(keepsSecret(changed({ client_id: "other" }), saved.authentication)).toBe(false);
    expect(keepsSecret(changed({ token_url: "https://other.example/" }), saved.authentication)).toBe(false);
  });

  test("for the same user alone, and by the same method", () => {
    const basic = { basic: { username: "mary" } };
    const values = toCredentials({ authentication: basic });
    expect(keepsSecret(values, basic)).toBe(true);
    values.authentication.basic.username = "joe";
    expect(keepsSecret(values, basic)).toBe(false);
    values.authentication.method = "bearer";
    expect(keepsSecret(values, basic)).toBe(false);
    expect(keepsSecret(values, { bearer: {} })).toBe(true);
  });

  test("as a key where there is a certificate", () => {
    expect(keepsKey(toCredentials(saved), saved.tls)).toBe(true);
    expect(keepsKey(toCredentials({}), saved.tls)).toBe(false);
    expect(keepsKey(toCredentials(saved), undefined)).toBe(false);
  });
});

test("what is required is told of the method that is chosen, and of secrets that are not kept", () => {
  const { basic, oauth2_client_credentials: rules } = credentialRules(saved.authentication).authentication;
  expect(rules.client_secret("", changed({}))).toBeNull();
  expect(rules.client_secret("", changed({ client_id: "other" }))).toContain("secret");
  expect(rules.token_url(" ", changed({}))).toContain("address");
  expect(basic.password("", changed({}))).toBeNull();
});
