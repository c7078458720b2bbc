"""Signatures after Standard Webhooks over ``id.timestamp.body``, one for each secret in force: HMAC-SHA256, or Ed25519.

Source: the Standard Webhooks specification, 1.0.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

if TYPE_CHECKING:
    from hashlib import _Hash

PREFIX, PRIVATE = "whsec_", "whsk_"
SEED = 32
SigningKey = bytes | Ed25519PrivateKey
"""The bytes of a shared secret, or the private key of a pair."""

BLOCK = 64
"""Bytes of a block of SHA-256."""
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


def signing_key(secret: str) -> SigningKey:
    """The key of a secret in its written form: ``whsec_`` or, for a private key, ``whsk_``, and base64.

    Raises:
        ValueError: it is of neither form.
    """
    prefix = PRIVATE if secret.startswith(PRIVATE) else PREFIX
    if not secret.startswith(prefix):
        raise ValueError("a signing secret starts with whsec_ or whsk_")
    try:
        key = base64.b64decode(secret[len(prefix) :], validate=True)
    except binascii.Error:
        raise ValueError("a signing secret goes on in base64") from None
    return key if prefix is PREFIX else Ed25519PrivateKey.from_private_bytes(key[:SEED])


def sign(keys: Iterable[SigningKey], webhook_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: one signature for each key, ``v1,`` or ``v1a,``, separated by blanks.

    Args:
        keys: The newest secret's first.
        webhook_id: The value of ``webhook-id``.
        timestamp: The value of ``webhook-timestamp``, Unix seconds.
        body: The very bytes that are sent.
    """
    signed = b"%s.%d.%s" % (webhook_id.encode(), timestamp, body)
    return " ".join(
        [
            "v1," + base64.b64encode(_hmac(key, signed)).decode()
            if isinstance(key, bytes)
            else "v1a," + base64.b64encode(key.sign(signed)).decode()
            for key in keys
        ]
    )


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
