"""CSV as people write it for a webhook: lines of cells, in which merge fields stand.

A merge field is a cell of its own, quoted where its value needs it, or it stands within quotes: so no value adds a cell
or a line. Everywhere else it is refused when the webhook is saved, as are quotes that RFC 4180 does not know.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from hookline_plugin import MAX_RENDERED, EncodeError, Merge, Names, Payload
from hookline_plugin.merging import error_at, read_field, text_of, without_surrogates

_NAME = re.compile(r"\w[\w .-]*")
_ENDS = ",\r\n"
_SPECIAL = re.compile('[",\r\n]')


class Within(Enum):
    """Where in a cell a place is."""

    START = auto()
    BARE = auto()
    QUOTED = auto()
    CLOSED = auto()
    """Behind a quote within quotes: it closes the cell, unless another follows."""
    MERGED = auto()


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a merge field stands."""

    merge: Merge
    quoted: bool

    def filled(self, values: Payload) -> str:
        """Give what stands there for the values."""
        text = text_of(values, self.merge)
        if self.quoted:
            return text.replace('"', '""')
        return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


@dataclass(frozen=True, slots=True)
class CsvTemplate:
    """A template that was parsed."""

    parts: tuple[str | Slot, ...]

    @property
    def merges(self) -> Sequence[Merge]:
        """The merge fields, in the order in which they stand."""
        return [part.merge for part in self.parts if isinstance(part, Slot)]

    def render(self, values: Payload) -> bytes:
        """Give the lines."""
        body = "".join(part if isinstance(part, str) else part.filled(values) for part in self.parts).encode()
        if len(body) > MAX_RENDERED:
            raise EncodeError(f"the lines are larger than {MAX_RENDERED} bytes")
        return body


def looks_like_csv(text: str) -> bool:
    """Say whether a text is a line of names and, below, lines with as many cells."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return False
    named = len(rows) > 1 and len(rows[0]) > 1 and all(map(_NAME.fullmatch, rows[0]))
    return named and all(len(row) == len(rows[0]) for row in rows)


def parse(text: str, names: Names) -> CsvTemplate:
    """Parse a template; raises TemplateError."""
    return CsvTemplate(tuple(_parts(without_surrogates(text), names)))


def _parts(text: str, names: Names) -> Iterator[str | Slot]:
    at, within, literal = 0, Within.START, ""
    while at < len(text):
        sign = text[at]
        doubled = sign in "[]" and text.startswith(sign * 2, at)
        if sign == "[" and not doubled:
            if within not in (Within.START, Within.QUOTED):
                raise error_at(text, at, "a merge field must be the whole cell, or stand within quotes")
            merge, at = read_field(text, names, at, len(text))
            yield literal
            yield Slot(merge, quoted=within is Within.QUOTED)
            literal, within = "", Within.QUOTED if within is Within.QUOTED else Within.MERGED
        else:
            reached = _next(within, sign)
            if reached is None:
                raise error_at(text, at, f"a cell cannot go on with {sign!r} here; quotes go around the whole cell")
            literal, within, at = literal + sign, reached, at + 1 + doubled
    if within is Within.QUOTED:
        raise error_at(text, len(text), "the last cell's quotes are not closed")
    yield literal


def _next(within: Within, sign: str) -> Within | None:
    """Say where a sign leads, or None where it cannot stand."""
    if within is Within.QUOTED:
        return Within.CLOSED if sign == '"' else Within.QUOTED
    if sign in _ENDS:
        return Within.START
    if sign == '"':
        return {Within.START: Within.QUOTED, Within.CLOSED: Within.QUOTED}.get(within)
    return Within.BARE if within in (Within.START, Within.BARE) else None
