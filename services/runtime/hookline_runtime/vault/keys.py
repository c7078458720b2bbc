"""Keys that seal: 32 random bytes in base64, each known by an id that is made from the key itself.

So a key that is not the right one has another id, and cannot be taken for the right one by a wrong label.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

KEY_BYTES = 32
_ID_BYTES = 8
_ID_OF = b"hookline sealing key id\0"
_BETWEEN = re.compile(r"[\s,]+")


class BadKeys(ValueError):
    """What should be keys is not; the message does not repeat it."""


@dataclass(frozen=True, slots=True)
class SealingKey:
    """One key."""

    content: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits; they tell nothing about the key."""
        return hashlib.sha256(_ID_OF + self.content).digest()[:_ID_BYTES].hex()

    @property
    def text(self) -> str:
        """The key as it is written down."""
        return base64.b64encode(self.content).decode()


def new_key() -> SealingKey:
    """A fresh key."""
    return SealingKey(secrets.token_bytes(KEY_BYTES))


def read_keys(file: Path) -> tuple[SealingKey, ...]:
    """The keys of a file, at least one, as ``parse_keys`` reads them.

    Raises:
        BadKeys: it cannot be read, holds no key, or holds something else; the message names the file.
    """
    try:
        keys = parse_keys(file.read_text())
    except BadKeys as error:
        raise BadKeys(f"{file} {error}") from None
    except OSError as error:
        raise BadKeys(f"cannot read {file}: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError:
        raise BadKeys(f"cannot read {file}: it is not text") from None
    if not keys:
        raise BadKeys(f"{file} holds no key")
    return keys


def parse_keys(text: str) -> tuple[SealingKey, ...]:
    """The keys of a text, the one that seals first: separated by blanks, lines or commas; ``#`` begins a remark.

    Raises:
        BadKeys: one is not 32 bytes in base64, or there is one twice.
    """
    written = " ".join(line.partition("#")[0] for line in text.splitlines())
    keys = tuple(_key(each) for each in _BETWEEN.split(written) if each)
    if len(set(keys)) < len(keys):
        raise BadKeys("holds the same key twice")
    return keys


def _key(text: str) -> SealingKey:
    try:
        content = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if len(content) != KEY_BYTES:
        raise BadKeys(f"must hold keys of {KEY_BYTES} random bytes in base64, as `hookline secrets new-key` makes them")
    return SealingKey(content)
