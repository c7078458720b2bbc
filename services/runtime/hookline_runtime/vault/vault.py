"""What seals and opens the secrets of a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NewType

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .envelope import Place, Unreadable, envelope_begins, is_sealed, key_id_of, opened, sealed
from .keys import SealingKey

Kept = NewType("Kept", str)
"""A secret as it stands on disk: an envelope, or clear where there is no key. It is for no answer and no log."""


class Vault:
    """The keys of a service at work; without any it seals nothing."""

    def __init__(self, keys: Sequence[SealingKey] = ()) -> None:
        self._ciphers = {key.id: AESGCM(key.content) for key in keys}
        self.key_ids = tuple(self._ciphers)
        """The ids of its keys, the one that seals first."""
        self._begins = envelope_begins(self.key_ids[0]) if keys else ""

    @property
    def seals(self) -> bool:
        """Whether there is a key."""
        return bool(self.key_ids)

    def seal(self, place: Place, clear: str) -> Kept:
        """A secret as it is to be stored at its place."""
        if not self.key_ids:
            return Kept(clear)
        first = self.key_ids[0]
        return Kept(sealed(self._ciphers[first], first, place, clear))

    def open(self, place: Place, kept: Kept) -> str:
        """The secret that is stored at a place; what is in clear is given as it is.

        Raises:
            Unreadable: its key is not there, it is damaged, or it was sealed for another place.
        """
        if not is_sealed(kept):
            return kept
        key_id = key_id_of(kept)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise Unreadable("the key that sealed it is not there, or it is damaged")
        return opened(cipher, place, kept)

    def current(self, kept: Kept) -> bool:
        """Whether a secret is stored as this vault would store it now."""
        return kept.startswith(self._begins)
