"""Conditions: what a list is asked for beside ids, as a tree that says yes or no to a record. Pure.

A record is a mapping from field to text or None. Two numbers are compared as numbers, all else as text without regard
to case, as the original's database does; nothing is equal to None, and an empty text is not None.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from hookline_gateway.ontraport.like import Part, fits, parts_of, tried

Record: TypeAlias = Mapping[str, "str | None"]

COMPARISONS: Mapping[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "!=": lambda order: order != 0,
    ">": lambda order: order > 0,
    "<": lambda order: order < 0,
    ">=": lambda order: order >= 0,
    "<=": lambda order: order <= 0,
}
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(frozen=True)
class Compared:
    """The field stands to the value as the operator says."""

    field: str
    op: str
    value: str

    def keeps(self, record: Record) -> bool:
        """Whether the record is one of those."""
        found = record.get(self.field)
        return found is not None and COMPARISONS[self.op](order(found, self.value))


@dataclass(frozen=True)
class Among:
    """The field has one of the values, or with ``wanted`` False none of them."""

    field: str
    values: Sequence[str]
    wanted: bool = True

    def keeps(self, record: Record) -> bool:
        """Whether the record is one of those."""
        found = record.get(self.field)
        return found is not None and ((_same(found) in self._known) is self.wanted)

    @cached_property
    def _known(self) -> frozenset[int | str]:
        return frozenset(map(_same, self.values))


@dataclass(frozen=True)
class Absent:
    """The field has no value, or with ``wanted`` False it has one."""

    field: str
    wanted: bool = True

    def keeps(self, record: Record) -> bool:
        """Whether the record is one of those."""
        return (record.get(self.field) is None) is self.wanted


@dataclass(frozen=True)
class Like:
    """The field fits a pattern in which ``%`` stands for any text and ``_`` for any character."""

    field: str
    pattern: str
    wanted: bool = True

    def keeps(self, record: Record) -> bool:
        """Whether the record is one of those."""
        found = record.get(self.field)
        return found is not None and (fits(self._parts, found.lower()) is self.wanted)

    @property
    def tried(self) -> int:
        """What looking for it costs, in characters that are compared at each place of a text."""
        return tried(self._parts)

    @cached_property
    def _parts(self) -> list[Part]:
        return parts_of(self.pattern.lower())


@dataclass(frozen=True)
class All:
    """Every one of these keeps the record; none: every record is kept."""

    parts: Sequence[Condition] = ()

    def keeps(self, record: Record) -> bool:
        """Whether the record is one of those."""
        return all(part.keeps(record) for part in self.parts)


@dataclass(frozen=True)
class Any:
    """At least one of these keeps the record."""

    parts: Sequence[Condition]

    def keeps(self, record: Record) -> bool:
        """Whether the record is one of those."""
        return any(part.keeps(record) for part in self.parts)


Condition: TypeAlias = Compared | Among | Absent | Like | All | Any


def fields_of(condition: Condition) -> set[str]:
    """The fields that it looks at."""
    if isinstance(condition, All | Any):
        return {field for part in condition.parts for field in fields_of(part)}
    return {condition.field}


def tried_by(condition: Condition) -> int:
    """What all its patterns cost, in characters that are compared at each place of a text."""
    if isinstance(condition, All | Any):
        return sum(map(tried_by, condition.parts))
    return condition.tried if isinstance(condition, Like) else 0


def joined(terms: Sequence[Condition], words: Sequence[str]) -> Condition:
    """Terms with AND and OR between them; AND binds more closely, as in SQL."""
    groups: list[list[Condition]] = [[terms[0]]]
    for word, term in zip(words, terms[1:], strict=True):
        if word == "AND":
            groups[-1].append(term)
        else:
            groups.append([term])
    parts: list[Condition] = [group[0] if len(group) == 1 else All(tuple(group)) for group in groups]
    return parts[0] if len(parts) == 1 else Any(tuple(parts))


def order(one: str, other: str) -> int:
    """Whether one comes before (-1), with (0) or behind (1) the other."""
    if _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other):
        return _sign(_scaled(one), _scaled(other))
    return _sign(one.casefold(), other.casefold())


def _same(text: str) -> int | str:
    """What is the same for two texts of which neither comes before the other."""
    return _scaled(text) if _NUMBER.fullmatch(text) else text.casefold()


def _scaled(text: str) -> int:
    """A decimal number in units of its smallest digit that is taken: exact, whatever its size."""
    before, _, after = text.partition(".")
    return int(before + after.ljust(18, "0"))


def _sign(one: int | str, other: int | str) -> int:
    if isinstance(one, int) and isinstance(other, int):
        return (one > other) - (one < other)
    return (str(one) > str(other)) - (str(one) < str(other))
