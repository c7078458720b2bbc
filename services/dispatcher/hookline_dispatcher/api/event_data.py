"""What may stand in an event's ``data``: one JSON object (RFC 8259) in UTF-8, nested at most 32 deep.

The producer's bytes are kept as they are and parsed again where they are used, so that no digit of a number is lost
here. Of a member that is named twice, the last one counts, here and there.
"""

from __future__ import annotations

import re

import orjson

from .json_path import path_at

MAX_DEPTH = 32
"""Objects and arrays inside each other, the outermost one counted."""
MAX_SOUGHT = 16_384
"""Characters through which the path of a fault is sought, so that no producer's faults cost everybody's time."""
MAX_PATH = 200
"""Characters of a path that are shown."""
LONG = 300
"""Digits from which on they are what makes a number too large."""
_DIGITS = re.compile(r"\d+").search


def fault_of(data: bytes) -> str:
    """What is wrong with ``data`` as an event's data; empty when nothing is."""
    try:
        parsed = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return _reason(error)
    if not isinstance(parsed, dict):
        return "must be a JSON object"
    if data.count(b"{") + data.count(b"[") > MAX_DEPTH and _deeper(parsed, MAX_DEPTH):
        return _too_deep()
    return ""


def _deeper(parsed: object, depth: int) -> bool:
    """Whether containers are nested more than ``depth`` deep."""
    level: list[object] = [parsed]
    for _ in range(depth):
        level = [
            child
            for container in level
            for child in (container.values() if isinstance(container, dict) else container)  # type: ignore[attr-defined]  # lists and dicts only
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True


def _reason(error: orjson.JSONDecodeError) -> str:
    """The parser's reason in our words; of the data it cites at most names of members."""
    words = error.msg
    if "depth" in words:
        return _too_deep()
    if "UTF-8" in words:
        return "must be JSON in UTF-8"
    if "infinity" in words:
        return f"must hold no number beyond 1.7976931348623157e308, the largest double: {_number(error)} is too large"
    return f"must be JSON: {words}"


def _too_deep() -> str:
    return f"must not be nested more than {MAX_DEPTH} deep"


def _number(error: orjson.JSONDecodeError) -> str:
    """The number that could not be read: where it stands, and how long it is."""
    digits = _DIGITS(error.doc, error.pos)
    length = len(digits.group()) if digits else 0
    what = f"the number of {length} digits" if length > LONG else "the number"
    path = path_at(error.doc, error.pos) if error.pos <= MAX_SOUGHT else ""
    if path and len(path) <= MAX_PATH:
        return f"{what} at {path}"
    return f"{what} at line {error.lineno}, column {error.colno}"
