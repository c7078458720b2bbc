"""Seals a few bytes into text that nobody without the key can read, make or change: AES-256-GCM (NIST SP 800-38D)."""

from __future__ import annotations

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
LONGEST = 2048
"""Of a sealed text; a browser keeps cookies of 4 KiB."""
_NONCE_BYTES = 12  # random: one key is good for some billions of sessions


class Seal:
    """One key at work; ``purpose`` keeps what is sealed for one thing from being opened as another."""

    def __init__(self, key: bytes, purpose: bytes) -> None:
        self._cipher = AESGCM(key)
        self._purpose = purpose

    def seal(self, content: bytes) -> str:
        """The content as text of the characters that a cookie may hold."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, content, self._purpose)
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()

    def open(self, text: str) -> bytes | None:
        """What was sealed; None where this key did not seal the text, or not for this purpose."""
        if len(text) > LONGEST or not text.isascii():
            return None
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._purpose)
        except (binascii.Error, ValueError, InvalidTag):
            return None
