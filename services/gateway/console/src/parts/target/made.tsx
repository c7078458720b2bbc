/** What a person is shown of a target that was made. */

import { showOnce, showText } from "../ShownOnce";
import type { Noun, SavedTarget, Signed } from "./api";

/** Shows by what its requests are verified: the secret, this once, or the public key. */
export function showMade(noun: Noun, { target, secret }: Signed<SavedTarget>): void {
  const title = `The ${noun} is made`;
  if (secret) showOnce(title, { "Signing secret": secret });
  else
    showText(title, "Its requests are verified by this public key. It stands on this page, too.", {
      "Public key": target.public_key ?? "",
    });
}
