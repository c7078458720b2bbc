"""`application/x-www-form-urlencoded`, with bracketed keys: `event[type]=sub_tag&data[tags][0]=7`.

What a form cannot say is written the way PHP systems read it: null as an empty value, true as `1`, false as `0`. An
empty list or mapping becomes its key with an empty value, so that the key is not lost. Brackets are written as `%5B`
and `%5D`, which every form parser reads as brackets; so a key that itself holds brackets reads as nested. Text is
UTF-8, a blank is `+`, and every byte but letters, digits, `-`, `.` and `_` is percent-encoded.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from operator import add
from typing import Any

from hookline_builtin.encoders import form_template
from hookline_builtin.encoders.form_text import quoted, quoted_together
from hookline_plugin import MAX_DEPTH, EncodeError, Names, Payload, Template, Value, refusal

_MOST_KEYS = 4_096
_MAX_KEY = 128
_MOST_TOGETHER = 128
_MOST_LETTERS = 2_048
_MOST_MAPPINGS = 1_024
"""Of mappings with so many keys of so many letters at most the names of all fields are kept: a few kilobytes each."""
_FLAT = frozenset({str, int, float, bool, type(None)})


class FormEncoder:
    """Encodes payloads as form fields with bracketed keys."""

    name = "form"
    media_type = "application/x-www-form-urlencoded"
    media_types = frozenset({"application/x-www-form-urlencoded"})

    def encode(self, payload: Payload) -> bytes:
        """Give the fields in the order of the payload's keys; an empty payload gives an empty body."""
        names: list[str] = []
        texts: list[str] = []
        try:
            for key, value in payload.items():
                _append(names, texts, _NAMES[key], value, 2)
            return "&".join(map(add, names, quoted_together(texts))).encode("ascii")
        except (AttributeError, TypeError, ValueError):
            raise refusal(payload) from None

    def detects(self, text: str) -> bool:
        """Say whether a template is of the form `key=value&key=value`, on one line and without blanks in keys."""
        return form_template.detects(text)

    def parse(self, text: str, names: Names) -> Template:
        """Parse fields with merge fields in their values."""
        return form_template.parse(text, names)


def _append(names: list[str], texts: list[str], name: str, value: Value, depth: int) -> None:
    """Add a value's fields: their names with the `=` behind them, and their texts as they are."""
    if isinstance(value, str):
        names.append(name + "=")
        texts.append(value)
    elif value is None or isinstance(value, (int, float)):
        names.append(name + "=")
        texts.append(_scalar(value))
    elif depth > MAX_DEPTH:
        raise EncodeError("too deep")
    elif type(value) is dict and value and _FLAT.issuperset(map(type, value.values())):
        # The data of most objects: their keys are known from others of their kind.
        names += _names(name, tuple(value))
        texts += [each if type(each) is str else _scalar(each) for each in value.values()]
    else:
        _append_children(names, texts, name, value, depth + 1)


def _append_children(names: list[str], texts: list[str], name: str, value: object, depth: int) -> None:
    before = len(names)
    for step, child in _steps(value):
        _append(names, texts, name + step, child, depth)
    if len(names) == before:
        names.append(name + "=")
        texts.append("")


def _steps(value: object) -> Iterable[tuple[str, Value]]:
    """The children, each with its step in brackets."""
    if isinstance(value, Mapping):
        return [(_STEPS[key], child) for key, child in value.items()]
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray, memoryview)):
        return [(f"%5B{index}%5D", child) for index, child in enumerate(value)]
    raise EncodeError("no value of JSON")


def _names(name: str, keys: tuple[str, ...]) -> Sequence[str]:
    """The names of the fields of a mapping with these keys, each with the `=` behind it."""
    found = _TOGETHER.get((name, keys))
    if found is None:
        found = [f"{name}{_STEPS[key]}=" for key in keys]
        if len(keys) <= _MOST_TOGETHER and len(name) + sum(map(len, keys)) <= _MOST_LETTERS:
            if len(_TOGETHER) >= _MOST_MAPPINGS:
                _TOGETHER.clear()
            _TOGETHER[name, keys] = found
    return found


class _Written(dict[str, str]):
    """Keys as they are written. They are few and come again, values are many: what they look like is kept."""

    def __init__(self, write: Callable[[str], str]) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, key: str) -> str:
        written = self._write(key)
        if len(key) <= _MAX_KEY:
            if len(self) >= _MOST_KEYS:
                self.clear()
            self[key] = written
        return written


_NAMES = _Written(quoted)
_STEPS = _Written(lambda key: f"%5B{quoted(key)}%5D")
_TOGETHER: dict[tuple[str, tuple[str, ...]], Sequence[str]] = {}


def _scalar(value: Any) -> str:
    """Write null, a boolean or a number."""
    if value is None:
        return ""
    if isinstance(value, float):
        if not isfinite(value):
            raise EncodeError("not finite")
        return repr(value)
    return str(int(value))  # true is 1, false is 0
