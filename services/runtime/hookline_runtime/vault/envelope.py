"""The form of a sealed secret: AES-256-GCM (NIST SP 800-38D) in a text that says its version and its key.

``sealed:1:<id of the key>:<base64url of nonce, ciphertext and tag>``. Where it belongs is associated data: copied to
another row, account or field it does not open. Nonces are random, of 96 bits: one key is good for some billions of
secrets.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

PREFIX = "sealed:"
_VERSION = "1"
_NONCE_BYTES = 12


class Unreadable(ValueError):
    """A secret cannot be opened; the message says why and holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret belongs: which field of which thing of which account."""

    account_id: int
    kind: str
    id: int | str
    field: str

    def __str__(self) -> str:
        return f"{self.field} of {self.kind} {self.id} of account {self.account_id}"


def is_sealed(text: str) -> bool:
    """Whether a text is an envelope, of whatever version."""
    return text.startswith(PREFIX)


def key_id_of(envelope: str) -> str:
    """The id of the key that an envelope names; empty where it names none."""
    parts = envelope.split(":")
    return parts[2] if len(parts) == 4 else ""


def envelope_begins(key_id: str) -> str:
    """What every envelope under a key begins with."""
    return f"{PREFIX}{_VERSION}:{key_id}:"


def sealed(cipher: AESGCM, key_id: str, place: Place, clear: str) -> str:
    """The envelope of a secret, under the cipher of the key of this id."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    content = nonce + cipher.encrypt(nonce, clear.encode(), _associated(key_id, place))
    return envelope_begins(key_id) + base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def opened(cipher: AESGCM, place: Place, envelope: str) -> str:
    """The secret of an envelope, under the cipher of the key that it names.

    Raises:
        Unreadable: it is damaged, belongs elsewhere, or is of a version that is not known here.
    """
    _, version, key_id, text = envelope.split(":")
    if version != _VERSION:
        raise Unreadable("it was sealed by a later version of Hookline")
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
        nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
        return cipher.decrypt(nonce, rest, _associated(key_id, place)).decode()
    except (binascii.Error, ValueError, InvalidTag):
        raise Unreadable("it is damaged, or was sealed for another place") from None


def _associated(key_id: str, place: Place) -> bytes:
    return orjson.dumps((PREFIX, _VERSION, key_id, place.account_id, place.kind, place.id, place.field))
