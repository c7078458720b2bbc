"""Brings stored secrets up to the key that seals: those in clear, and those under the keys before.

A store remembers under which keys it sealed. So it tells a key that is missing, without which no service should start,
from a single envelope that is damaged, which is the trouble of one target.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .envelope import Place, Unreadable, is_sealed
from .vault import Kept, Vault

_NAMED = 5


class KeyMissing(Exception):
    """A store is sealed under a key that is not there; the message is fit for the operator."""


def check_keys(vault: Vault, sealed_under: Iterable[str], store: str) -> None:
    """Checks that every key is there under which a store, named for people, holds secrets.

    Raises:
        KeyMissing: one is not.
    """
    missing = sorted(set(sealed_under) - set(vault.key_ids))
    if missing:
        keys = "key" if len(missing) == 1 else "keys"
        raise KeyMissing(
            f"HOOKLINE_SECRETS_KEY_FILE: the secrets in {store} are sealed under the {keys} {', '.join(missing)},"
            f" and {_there(vault)}; put back the file with the {keys}"
        )


def _there(vault: Vault) -> str:
    if not vault.seals:
        return "no key is set"
    return f"the keys that are set are {', '.join(vault.key_ids)}"


@dataclass(slots=True)
class Renewal:
    """One pass over what is stored, and what it found."""

    vault: Vault
    were_clear: int = 0
    were_old: int = 0
    unreadable: int = 0
    unreadable_places: list[Place] = field(default_factory=list)
    """The first of them."""

    def renewed(self, place: Place, kept: Kept) -> Kept:
        """What should be stored at a place in the stead of ``kept``: the same where it is right, or cannot be read."""
        try:
            clear = self.vault.open(place, kept)
        except Unreadable:
            self.unreadable += 1
            if len(self.unreadable_places) < _NAMED:
                self.unreadable_places.append(place)
            return kept
        if self.vault.current(kept):
            return kept
        if is_sealed(kept):
            self.were_old += 1
        else:
            self.were_clear += 1
        return self.vault.seal(place, clear)

    def add(self, other: Renewal) -> None:
        """Counts what a part of the pass found."""
        self.were_clear += other.were_clear
        self.were_old += other.were_old
        self.unreadable += other.unreadable
        self.unreadable_places = [*self.unreadable_places, *other.unreadable_places][:_NAMED]

    @property
    def told(self) -> str:
        """The places that cannot be read, for people."""
        more = self.unreadable - len(self.unreadable_places)
        return ", ".join([*map(str, self.unreadable_places), *([f"{more} more"] if more else [])])


@dataclass(frozen=True, slots=True)
class Settled:
    """How a store stands after a pass; ``unscrubbed``: what was overwritten may still be in its free pages."""

    renewal: Renewal
    unscrubbed: bool = False
