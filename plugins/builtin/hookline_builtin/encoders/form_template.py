"""Form data with merge fields: `a=[A]&b=[First Name] [Last Name]&data[email]=[Email]`.

Merge fields stand in values; a bracket in a key is a bracket. Blanks around the whole are dropped. What the author
wrote stays as it is where it is form encoding already, percent escapes and `+` for a blank included; everything else,
a `%` that begins no escape too, is percent-encoded. Values of merge fields are percent-encoded, once.
"""

import re
from collections.abc import Iterable, Iterator

from hookline_builtin.encoders.form_text import quoted, quoted_all
from hookline_builtin.encoders.rendering import Rendering, Slot, within_bounds
from hookline_plugin import Names, Payload, Template
from hookline_plugin.merging import Part, as_text, error_at, scan_between, without_surrogates

_KEY = re.compile(r"[^=&]*+")
_FIELD = r"\[[^\[\]|]*+(?:\|(?:[^\[\]]|\[\[|\]\])*+)?\]"
_VALUE = re.compile(rf"(?:[^&\[\]]|\[\[|\]|{_FIELD})*+")
"""A value; an `&` within a merge field does not end it. A field that is not closed does."""
_UNSAFE = re.compile(r"%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9%._~*!'()+/:;?@,$=-]+")
_DETECTED_KEY = r"(?!\[)[^\s=&?#:/\\<>{}\"',;]++"
_DETECTED = re.compile(
    rf"{_DETECTED_KEY}=(?:[^&\[\]\r\n]|\[\[|\]|{_FIELD})*+(?:&{_DETECTED_KEY}=(?:[^&\[\]\r\n]|\[\[|\]|{_FIELD})*+)*+"
)


def detects(text: str) -> bool:
    """Say whether this is one line of `key=value` joined by `&`, with keys that look like keys."""
    return _DETECTED.fullmatch(text.strip()) is not None


def parse(text: str, names: Names) -> Template:
    """Parse fields; TemplateError as `scan` has it, and for a merge field where no `=` stands before it."""
    return _FormRendering(_parts(without_surrogates(text.rstrip()), names))


def _parts(text: str, names: Names) -> Iterator[str | Slot]:
    start = len(text) - len(text.lstrip())
    while True:
        end = _end(_KEY, text, start)
        yield _safe(text[start:end])
        if text.startswith("=", end):
            yield "="
            start, end = end + 1, _end(_VALUE, text, end + 1)
            if not text.startswith("&", end):
                end = len(text)  # or a field that is not closed, which the scan reports
            yield from map(_piece, scan_between(text, names, start, end))
        elif "[" in text[start:end]:
            raise error_at(text, text.index("[", start), "a merge field stands in a value, behind key=")
        if end == len(text):
            return
        yield "&"
        start = end + 1


def _piece(part: Part) -> str | Slot:
    if isinstance(part, str):
        return _safe(part)
    # Where nothing is known of a name its default is a literal, which nobody encodes any more.
    return Slot(part, as_text, part.default if part.path else quoted(part.default))


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return start if match is None else match.end()


def _safe(literal: str) -> str:
    return _UNSAFE.sub(lambda match: quoted(match[0]), literal)


class _FormRendering(Rendering):
    """A rendering whose slots give texts as they are: they are percent-encoded together."""

    __slots__ = ("_encoded",)

    def __init__(self, parts: Iterable[str | Slot]) -> None:
        super().__init__(parts)
        self._encoded = [literal.encode("ascii") for literal in self._literals]

    def render(self, values: Payload) -> bytes:
        """Give the body."""
        pieces = self._encoded.copy()
        if self._slots:
            pieces[1::2] = quoted_all(self._filled(values)[1::2])
        return within_bounds(b"".join(pieces))
