"""Verifying a request's signature the way a receiver does.

Standard Webhooks, version 1: HMAC-SHA256 over `id.timestamp.body`, in base64, one or more `v1,...` in
webhook-signature. It is written apart from the code that signs, so that each checks the other.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping

TOLERANCE_SECONDS = 300
"""How far webhook-timestamp may be off."""
_PREFIX = "whsec_"


class BadSecret(ValueError):
    """The text is not a signing secret."""


def key_of(secret: str) -> bytes:
    """The bytes that sign; raises BadSecret for anything but `whsec_` and base64."""
    if not secret.startswith(_PREFIX):
        raise BadSecret(f"a signing secret begins with {_PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise BadSecret("a signing secret is whsec_ and base64") from None
    if not key:
        raise BadSecret("a signing secret is whsec_ and base64")
    return key


class Check:
    """One request on its way in: its body is fed as it comes, and need not be held to be judged."""

    def __init__(self, headers: Mapping[str, str], keys: Iterable[bytes]) -> None:
        """Header names are in lower case."""
        message_id, self._timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        signatures = headers.get("webhook-signature", "")
        self.signed = bool(message_id and self._timestamp and signatures)
        head = f"{message_id}.{self._timestamp}.".encode("latin-1", "replace")
        self._wanted = [hmac.new(key, head, hashlib.sha256) for key in keys]
        self._given = [part.removeprefix("v1,").encode() for part in signatures.split() if part.startswith("v1,")]

    @property
    def timestamp(self) -> int | None:
        """When the sender says that it signed, in seconds since the epoch; None where it is no number."""
        readable = self._timestamp.isascii() and self._timestamp.isdigit()
        return int(self._timestamp[:15]) if readable else None

    def feed(self, part: bytes) -> None:
        """Takes the next part of the body."""
        for each in self._wanted:
            each.update(part)

    def matches(self) -> bool:
        """Whether one of the keys signed what was fed."""
        wanted = [base64.b64encode(each.digest()) for each in self._wanted]
        # Every pair is compared, so that the time taken tells nothing about which one fits.
        matches = [hmac.compare_digest(one, other) for one in wanted for other in self._given]
        return any(matches)


def refusal(headers: Mapping[str, str], body: bytes, keys: Iterable[bytes], now: float) -> str | None:
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
