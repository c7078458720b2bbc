/** How requests are signed after Standard Webhooks, in words. */

import type { SignatureSchemeJson } from "../../gen/hookline/registry/v1/subscription_pb";

export const SHARED: SignatureSchemeJson = "SIGNATURE_SCHEME_HMAC_SHA256";
export const PAIRED: SignatureSchemeJson = "SIGNATURE_SCHEME_ED25519";

export const schemes: { value: SignatureSchemeJson; label: string; says: string }[] = [
  {
    value: SHARED,
    label: "shared secret (v1)",
    says: "The receiver verifies with a secret, which is shown once.",
  },
  {
    value: PAIRED,
    label: "key pair (v1a)",
    says: "The receiver verifies with a public key, which can be looked up here at any time.",
  },
];

/** What choosing a scheme means. */
export const saysOf = (chosen: string): string => schemes.find(({ value }) => value === chosen)?.says ?? "";
