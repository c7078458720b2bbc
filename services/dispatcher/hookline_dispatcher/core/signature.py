"""Signatures after Standard Webhooks v1: HMAC-SHA256 over ``id.timestamp.body``, one for each secret in force.

Source: the Standard Webhooks specification, 1.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash

PREFIX = "whsec_"

BLOCK = 64
"""Bytes of a block of SHA-256."""
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


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
    return " ".join(["v1," + base64.b64encode(_hmac(key, signed)).decode() for key in keys])


@lru_cache(maxsize=65_536)
def _begun(key: bytes) -> tuple[_Hash, _Hash]:
    """The inner and the outer hash of a key, fed with its padded block (RFC 2104, section 2)."""
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))


def _hmac(key: bytes, message: bytes) -> bytes:
    # The standard library's one-shot function hands the interpreter to the store's writer at every call, and gets it
    # back a switch interval later; hash objects keep it for messages of up to two kilobytes.
    inner, outer = _begun(key)
    first, second = inner.copy(), outer.copy()
    first.update(message)
    second.update(first.digest())
    return second.digest()
