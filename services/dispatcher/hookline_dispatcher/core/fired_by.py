"""What fired a delivery, in the line that its row keeps: source, id and element, such as ``global_rule/7/success``."""

from __future__ import annotations

from typing import NamedTuple


class FiredBy(NamedTuple):
    """What said "send this": a definition of a trigger source, and the part of it that said so."""

    source: str
    id: int
    element: str = ""
    """Empty: the whole."""

    def __str__(self) -> str:
        return f"{self.source}/{self.id}/{self.element}" if self.element else f"{self.source}/{self.id}"


def read_fired_by(line: str) -> FiredBy:
    """The inverse of ``str``. A source holds no slash; an element may.

    Raises:
        ValueError: it is no such line.
    """
    source, slash, rest = line.partition("/")
    number, _, element = rest.partition("/")
    if not source or not slash:
        raise ValueError("not what fired something")
    return FiredBy(source, int(number), element)
