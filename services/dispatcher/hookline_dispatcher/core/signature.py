"""Signatures after Standard Webhooks v1: HMAC-SHA256 over ``id.timestamp.body``, one for each secret in force.

Source: the Standard Webhooks specification, 1.0.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Iterable

PREFIX = "whsec_"


def signing_key(secret: str) -> bytes:
    """The key bytes of a secret in its written form, ``whsec_`` and base64.

    Raises:
        ValueError: it is not of that form.
    """
    if not secret.startswith(PREFIX):
        raise ValueError("a signing secret starts with whsec_")
    try:
        return base64.b64decode(secret[len(PREFIX) :], validate=True)
    except binascii.Error:
        raise ValueError("a signing secret is whsec_ and base64") from None


def sign(keys: Iterable[bytes], webhook_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: one ``v1,`` signature for each key, separated by blanks.

    Args:
        keys: Key bytes, the newest secret first.
        webhook_id: The value of ``webhook-id``.
        timestamp: The value of ``webhook-timestamp``, Unix seconds.
        body: The very bytes that are sent.
    """
    signed = b"%s.%d.%s" % (webhook_id.encode(), timestamp, body)
    digests = (hmac.digest(key, signed, "sha256") for key in keys)
    return " ".join("v1," + base64.b64encode(digest).decode() for digest in digests)
