"""Cuts a body that comes in pieces into lines; a line that is too long is skipped, not kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

NEWLINE = b"\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number, from 1; ``text`` is None where it was too long."""

    number: int
    text: bytes | None


class Lines:
    """Holds no more than one unfinished line of at most ``longest`` bytes."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._begun = bytearray()
        self._skipping = False
        self._number = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """The lines that end in this piece; those that are blank are counted and left out."""
        start = 0
        while (end := piece.find(NEWLINE, start)) >= 0:
            self._add(piece[start:end])
            yield from self._finish()
            start = end + 1
        self._add(piece[start:])

    def end(self) -> Iterator[Line]:
        """What is left once the body has ended."""
        if self._begun or self._skipping:
            yield from self._finish()

    def _add(self, part: bytes) -> None:
        if self._skipping:
            return
        self._begun += part
        if len(self._begun) > self._longest:
            self._skipping = True
            self._begun.clear()

    def _finish(self) -> Iterator[Line]:
        self._number += 1
        text, skipped = bytes(self._begun), self._skipping
        self._begun.clear()
        self._skipping = False
        if skipped:
            yield Line(self._number, None)
        elif text.strip():
            yield Line(self._number, text)
