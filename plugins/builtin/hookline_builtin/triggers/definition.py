"""Reads definitions: JSON objects as the contract's messages become them, where integers of 64 bits are text, enums are
names, and what has its default is left out. What is wrong is noted with its path; reading goes on and raises nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from hookline_plugin.encoder import Payload, Value
from hookline_plugin.trigger import Flaw

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
"""A sign that no text of a definition may hold."""

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,18})")
_DURATION = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,9}))?s")
_EMPTY: Payload = {}


class Reading:
    """One reading of a definition: gives its parts and gathers the flaws."""

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []

    def flaw(self, path: str, reason: str) -> None:
        """Note what is wrong."""
        self.flaws.append(Flaw(path, reason))

    def integer(self, owner: Payload, key: str, path: str, least: int, most: int) -> int:
        """Give a whole number within bounds, or 0 and a flaw."""
        value = owner.get(key, 0)
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.flaw(path, f"must be a whole number from {least} to {most}")
        return 0

    def text(self, owner: Payload, key: str, path: str, most: int) -> str:
        """Give a text of at most so many characters without control characters, or an empty one and a flaw."""
        value = owner.get(key, "")
        fault = text_fault(value, most)
        if fault or not isinstance(value, str):
            self.flaw(path, fault)
            return ""
        return value

    def flag(self, owner: Payload, key: str, path: str) -> bool:
        """Give true or false; anything else is a flaw."""
        value = owner.get(key, False)
        if not isinstance(value, bool):
            self.flaw(path, "must be true or false")
        return value is True

    def duration(self, owner: Payload, key: str, path: str, most: int) -> int:
        """Give a span of time in microseconds, at most so many seconds, or 0 and a flaw."""
        value = owner.get(key, "0s")
        found = _DURATION.fullmatch(value) if isinstance(value, str) else None
        length = int(found[1]) * 1_000_000 + int((found[2] or "0").ljust(6, "0")[:6]) if found else -1
        if 0 <= length <= most * 1_000_000:
            return length
        self.flaw(path, f"must be a span of time from 0s to {most}s")
        return 0

    def mapping(self, value: Value, path: str) -> Payload:
        """Give an object, or an empty one and a flaw."""
        if isinstance(value, Mapping):
            return value
        self.flaw(path, "must be an object")
        return _EMPTY

    def items(self, owner: Payload, key: str, path: str, least: int, most: int) -> Iterator[tuple[str, Payload]]:
        """Give the objects of a list, each with its path; too few or too many are a flaw, and the rest is not read."""
        value = owner.get(key, ())
        if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
            self.flaw(path, "must be a list")
            return
        if not least <= len(value) <= most:
            self.flaw(path, f"must have {least} to {most} items")
        for index, item in enumerate(value[:most]):
            yield f"{path}[{index}]", self.mapping(item, f"{path}[{index}]")


def text_fault(value: object, most: int) -> str:
    """Say why a value is not text that a definition may hold; empty: it is."""
    if not isinstance(value, str) or len(value) > most:
        return f"must be text of at most {most} characters"
    return "must hold no control characters" if CONTROL.search(value) else ""
