"""Reading a definition, JSON as protos write it with their own field names, noting every flaw with its path.

Whatever stands there, reading goes on: what is missing or of the wrong kind gives a flaw and a value that will do.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from hookline_plugin.encoder import Value
from hookline_plugin.trigger import Flaw

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_DURATION = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?s")

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Node:
    """An object within a definition, with its path and the flaws that were found so far, in it and elsewhere."""

    value: Mapping[str, Value]
    path: str
    flaws: list[Flaw]

    def flaw(self, key: str, reason: str) -> None:
        """Note what is wrong with a field, or with the object itself where `key` is empty."""
        self.flaws.append(Flaw(self.at(key), reason))

    def at(self, key: str) -> str:
        """Give the path of a field."""
        return ".".join(part for part in (self.path, key) if part)

    def text(self, key: str) -> str:
        """Give a text; left out, it is empty."""
        value = self.value.get(key, "")
        if isinstance(value, str):
            return value
        self.flaw(key, "must be a text")
        return ""

    def flag(self, key: str) -> bool:
        """Give a yes or no; left out, it is no."""
        value = self.value.get(key, False)
        if isinstance(value, bool):
            return value
        self.flaw(key, "must be true or false")
        return False

    def whole(self, key: str, low: int, high: int) -> int:
        """Give a whole number, which may be written as text; left out, it is 0."""
        value = self.value.get(key, 0)
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.flaw(key, f"must be a whole number from {low} to {high}")
        return low

    def choice(self, key: str, names: type[Choice], default: Choice) -> Choice:
        """Give one of the names of an enum; left out or unspecified, it is the default."""
        value = self.text(key)
        if not value or value.endswith("_UNSPECIFIED"):
            return default
        if value in names.__members__.values():
            return names(value)
        self.flaw(key, f"must be one of {', '.join(names)}")
        return default

    def duration(self, key: str, high: int) -> int:
        """Give a duration in microseconds, at most `high` seconds; left out, it is 0."""
        found = _DURATION.fullmatch(self.text(key) or "0s")
        length = int(found[1]) * 1_000_000 + int((found[2] or "0").ljust(6, "0")[:6]) if found else -1
        if 0 <= length <= high * 1_000_000:
            return length
        self.flaw(key, f"must be a duration from 0s to {high}s")
        return 0

    def child(self, key: str) -> "Node":
        """Give an object within; left out, it is empty."""
        return self._node(self.value.get(key, {}), key)

    def children(self, key: str, high: int) -> "list[Node]":
        """Give a list of objects, of which there are at most so many."""
        return [self._node(item, f"{key}[{index}]") for index, item in enumerate(self.items(key, high))]

    def items(self, key: str, high: int) -> Sequence[Value]:
        """Give a list, of at most so many; left out, it is empty."""
        value = self.value.get(key, ())
        if not isinstance(value, Sequence) or isinstance(value, str):
            self.flaw(key, "must be a list")
            return ()
        if len(value) > high:
            self.flaw(key, f"has {len(value)} items; at most {high} are allowed")
            return ()
        return value

    def one_of(self, keys: Collection[str]) -> str:
        """Say which one of some fields is set; empty where it is not exactly one."""
        present = [key for key in keys if self.value.get(key) is not None]
        if len(present) == 1:
            return present[0]
        self.flaw("", f"must have {'only ' if present else ''}one of {', '.join(keys)}")
        return ""

    def _node(self, value: Value, key: str) -> "Node":
        if isinstance(value, Mapping):
            return Node(value, self.at(key), self.flaws)
        self.flaw(key, "must be an object")
        return Node({}, self.at(key), self.flaws)
