"""A template made ready: literals, and between them slots whose values are written for the place where they stand.

Rendering goes over the slots once. What was written is not looked at again, so no value is ever read as a merge field.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hookline_plugin import MAX_RENDERED, EncodeError, FieldPath, Merge, Payload, Value, written
from hookline_plugin.merging import as_text, follow, related, without_surrogates

Write: TypeAlias = Callable[[Value], str]
"""Gives a value escaped for its place, and an empty text for an empty value; raises only EncodeError."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a merge field stands: how its value is written, and what is written instead of an empty one."""

    merge: Merge
    write: Write
    default: str


class Rendering:
    """A parsed template. Lone surrogates in what it writes become U+FFFD."""

    __slots__ = ("_literals", "_slots", "merges")

    merges: Sequence[Merge]

    def __init__(self, parts: Iterable[str | Slot]) -> None:
        merges: list[Merge] = []
        literals: list[str] = []
        slots: list[_Place] = []
        pending: list[str] = []
        for part in parts:
            if isinstance(part, str):
                pending.append(part)
                continue
            merges.append(part.merge)
            if not part.merge.path:
                pending.append(part.default)
                continue
            literals += "".join(pending), ""
            pending.clear()
            key, rest = part.merge.path[0], part.merge.path[1:]
            slots.append((len(literals) - 1, key, rest, part.merge.name, part.write, part.default))
        self.merges = tuple(merges)
        self._literals = [*literals, "".join(pending)]
        self._slots = tuple(slots)

    def render(self, values: Payload) -> bytes:
        """Give the body."""
        text = "".join(self._filled(values))
        try:
            body = text.encode()
        except UnicodeEncodeError:
            body = without_surrogates(text).encode()
        return within_bounds(body)

    def _filled(self, values: Payload) -> list[str]:
        """Give the literals, and between them what was written for the values."""
        pieces = self._literals.copy()
        size = 0  # in characters, of the values: so that a body that grows without bound stops here
        get = values.get
        for index, key, rest, name, write, default in self._slots:
            value = follow(related(values, key, name), rest) if rest else get(key)
            if write is as_text and type(value) is str:
                piece = value or default  # it is text already: this spares it a call
            else:
                try:
                    piece = write(value) or default
                except EncodeError as error:
                    raise EncodeError(error.reason, written((key, *rest))) from None
            pieces[index] = piece
            size += len(piece)
            if size > MAX_RENDERED:
                raise _too_large()
        return pieces


_Place: TypeAlias = tuple[int, str, FieldPath, str, Write, str]
"""Index among the literals, first key, further keys, the field's name, how its value is written, and what instead."""


def within_bounds(body: bytes) -> bytes:
    """Give the body; EncodeError for one that is too large."""
    if len(body) > MAX_RENDERED:
        raise _too_large()
    return body


def _too_large() -> EncodeError:
    return EncodeError(f"the rendered data are larger than {MAX_RENDERED} bytes")
