"""The data of an event: a JSON object, checked when it came in, with every digit of its numbers."""

from __future__ import annotations

import json
import re
from typing import cast

import orjson

from hookline_plugin.encoder import Payload

# Where orjson reads an integer beyond 64 bits it makes it a float: such data go through the standard library.
# Turning every digit into a nought finds a long run of them ten times faster than a regular expression.
_TO_NOUGHTS = bytes.maketrans(b"123456789", b"000000000")
_LONG_RUN = b"0" * 19
_fraction = re.compile(rb"[0-9](?:\.[0-9]|[eE][-+0-9])").search


class Written(float):
    """A number with a fraction or an exponent that is written as its producer wrote it: 19.90, not 19.9."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> Written:
        """Reads a number of JSON."""
        made = super().__new__(cls, text)
        made._text = text
        return made

    def __repr__(self) -> str:
        return self._text

    def __reduce__(self) -> tuple[type[Written], tuple[str]]:
        return type(self), (self._text,)


def parse_data(data: bytes) -> Payload:
    """The fields of an object; numbers with a fraction are doubles.

    Raises:
        ValueError: it is not a JSON object.
    """
    if not data:
        return {}
    return _object(json.loads(data) if _LONG_RUN in data.translate(_TO_NOUGHTS) else orjson.loads(data))


def parse_written(data: bytes) -> Payload:
    """The same, with numbers as they are written: what merge fields and conditions look at.

    Raises:
        ValueError: it is not a JSON object.
    """
    return _object(json.loads(data, parse_float=Written)) if _fraction(data) else parse_data(data)


def _object(fields: object) -> Payload:
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return cast("Payload", fields)
