"""What may stand in an event's ``data``: one JSON object (RFC 8259) in UTF-8, nested at most 32 deep.

The producer's bytes are kept as they are and parsed again where they are used, so that no digit of a number is lost
here. Of a member that is named twice, the last one counts, here and there.
"""

from __future__ import annotations

import orjson

MAX_DEPTH = 32
"""Objects and arrays inside each other, the outermost one counted."""


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
    """The parser's reason in our words; it cites nothing of the data."""
    words = error.msg
    if "depth" in words:
        return _too_deep()
    if "UTF-8" in words:
        return "must be JSON in UTF-8"
    return f"must be JSON: {words}"


def _too_deep() -> str:
    return f"must not be nested more than {MAX_DEPTH} deep"
