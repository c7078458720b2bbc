"""Verifying a request's signature the way a receiver does.

Standard Webhooks, version 1, over `id.timestamp.body`, in base64, one or more in webhook-signature: `v1,...` is
HMAC-SHA256 by a shared secret, `v1a,...` Ed25519 by a private key, which its public key verifies. It is written apart
from the code that signs, so that each checks the other.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TOLERANCE_SECONDS = 300
"""How far webhook-timestamp may be off."""
_SHARED, _PUBLIC = "whsec_", "whpk_"
VerifyingKey = bytes | Ed25519PublicKey
"""The bytes of a shared secret, or the public key of a pair."""


class BadSecret(ValueError):
    """The text is neither a signing secret nor a public key."""


def key_of(secret: str) -> VerifyingKey:
    """What verifies; raises BadSecret for anything but `whsec_` and base64, or `whpk_` and a public key in base64."""
    prefix = _PUBLIC if secret.startswith(_PUBLIC) else _SHARED
    if not secret.startswith(prefix):
        raise BadSecret(f"a signing secret begins with {_SHARED}, a public key with {_PUBLIC}")
    try:
        key = base64.b64decode(secret.removeprefix(prefix), validate=True)
        if prefix == _PUBLIC:
            return Ed25519PublicKey.from_public_bytes(key)
    except ValueError:
        key = b""
    if not key:
        raise BadSecret("a signing secret is whsec_ and base64, a public key whpk_ and 32 bytes in base64")
    return key


class Check:
    """One request on its way in: its body is fed as it comes; only a public key has it held until it is judged."""

    def __init__(self, headers: Mapping[str, str], keys: Iterable[VerifyingKey]) -> None:
        """Header names are in lower case."""
        message_id, self._timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        signatures = headers.get("webhook-signature", "")
        self.signed = bool(message_id and self._timestamp and signatures)
        head = f"{message_id}.{self._timestamp}.".encode("latin-1", "replace")
        keys = list(keys)
        self._wanted = [hmac.new(key, head, hashlib.sha256) for key in keys if isinstance(key, bytes)]
        self._given = [part.removeprefix("v1,").encode() for part in signatures.split() if part.startswith("v1,")]
        self._public = [key for key in keys if isinstance(key, Ed25519PublicKey)]
        self._paired = [part.removeprefix("v1a,") for part in signatures.split() if part.startswith("v1a,")]
        self._held = bytearray(head)

    @property
    def timestamp(self) -> int | None:
        """When the sender says that it signed, in seconds since the epoch; None where it is no number."""
        readable = self._timestamp.isascii() and self._timestamp.isdigit()
        return int(self._timestamp[:15]) if readable else None

    def feed(self, part: bytes) -> None:
        """Takes the next part of the body."""
        for each in self._wanted:
            each.update(part)
        if self._public:
            self._held += part

    def matches(self) -> bool:
        """Whether one of the keys signed what was fed."""
        wanted = [base64.b64encode(each.digest()) for each in self._wanted]
        # Every pair is compared, so that the time taken tells nothing about which one fits.
        matches = [hmac.compare_digest(one, other) for one in wanted for other in self._given]
        return any(matches) or any(self._verifies(key, given) for key in self._public for given in self._paired)

    def _verifies(self, key: Ed25519PublicKey, given: str) -> bool:
        try:
            key.verify(base64.b64decode(given, validate=True), bytes(self._held))
        except (InvalidSignature, ValueError):
            return False
        return True


def refusal(headers: Mapping[str, str], body: bytes, keys: Iterable[VerifyingKey], now: float) -> str | None:
    """Why the request is not to be trusted; None when one of the keys signed it within the tolerance.

    Header names are in lower case; now is in seconds since the epoch.
    """
    check = Check(headers, keys)
    if not check.signed:
        return "not signed"
    if check.timestamp is None:
        return "webhook-timestamp is not a number"
    if abs(now - check.timestamp) > TOLERANCE_SECONDS:
        return "webhook-timestamp is more than 5 minutes off"
    check.feed(body)
    return None if check.matches() else "signed with another secret"
