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


def refusal(headers: Mapping[str, str], body: bytes, keys: Iterable[bytes], now: float) -> str | None:
    """Why the request is not to be trusted; None when one of the keys signed it within the tolerance.

    Header names are in lower case; now is in seconds since the epoch.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = headers.get("webhook-signature", "")
    if not message_id or not timestamp or not signatures:
        return "not signed"
    if not timestamp.isascii() or not timestamp.isdigit():
        return "webhook-timestamp is not a number"
    if abs(now - int(timestamp[:15])) > TOLERANCE_SECONDS:
        return "webhook-timestamp is more than 5 minutes off"
    signed = b".".join((message_id.encode("latin-1"), timestamp.encode(), body))
    wanted = [_signature(key, signed) for key in keys]
    given = [part.removeprefix("v1,").encode() for part in signatures.split() if part.startswith("v1,")]
    # Every pair is compared, so that the time taken tells nothing about which one fits.
    matches = [hmac.compare_digest(one, other) for one in wanted for other in given]
    return None if any(matches) else "signed with another secret"


def _signature(key: bytes, message: bytes) -> bytes:
    return base64.b64encode(hmac.new(key, message, hashlib.sha256).digest())
