"""Patterns as in SQL's ``LIKE``: ``%`` stands for any text, ``_`` for any character. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Part:
    """What stands between two ``%``."""

    text: str

    def at(self, text: str, place: int) -> bool:
        """Whether it stands at this place of a text."""
        if self._expression is None:
            return text.startswith(self.text, place)
        return self._expression.match(text, place) is not None

    def end(self, text: str, place: int) -> int:
        """Where it ends for the first time from this place on; -1 where it does not stand there."""
        if self._expression is None:
            found = text.find(self.text, place)
            return found if found < 0 else found + len(self.text)
        if self._any:
            return place + len(self.text) if place + len(self.text) <= len(text) else -1
        first = self._expression.search(text, place)
        return first.end() if first else -1

    @property
    def tried(self) -> int:
        """How many characters may have to be compared at each place of a text until one is found at which it stands."""
        return 0 if self._expression is None or self._any else len(self.text)

    @property
    def _any(self) -> bool:
        return not self.text.strip("_")

    @cached_property
    def _expression(self) -> re.Pattern[str] | None:
        if "_" not in self.text:
            return None
        # Nothing in it repeats, so it is tried once at each place.
        return re.compile("".join("." if char == "_" else re.escape(char) for char in self.text), re.DOTALL)


def parts_of(pattern: str) -> list[Part]:
    """A pattern as ``fits`` takes it."""
    return [*map(Part, pattern.split("%"))]


def tried(parts: Sequence[Part]) -> int:
    """How many characters of a pattern may have to be compared at each place: what is searched with ``_`` in it."""
    return sum(part.tried for part in parts[1:-1])


def fits(parts: Sequence[Part], text: str) -> bool:
    """Whether a text fits a pattern; each part is looked for once, which takes long only where much is ``tried``."""
    first, *rest = parts
    if not rest:
        return len(first.text) == len(text) and first.at(text, 0)
    if not first.at(text, 0):
        return False
    place = len(first.text)
    for part in rest[:-1]:
        place = part.end(text, place)
        if place < 0:
            return False
    last = len(text) - len(rest[-1].text)
    return last >= place and rest[-1].at(text, last)
