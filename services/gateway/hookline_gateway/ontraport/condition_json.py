"""Conditions as JSON: ``[{"field":{"field":"id"},"op":"=","value":{"value":"1"}},"AND",…]``, what clients write today.

A list within the list is a group. A text that is no such list is the older form, see ``condition_text``.
"""

from __future__ import annotations

from collections.abc import Collection

import orjson

from hookline_gateway.ontraport.condition_text import read_text
from hookline_gateway.ontraport.conditions import (
    COMPARISONS,
    Absent,
    All,
    Among,
    Compared,
    Condition,
    Like,
    joined,
    tried_by,
)
from hookline_gateway.ontraport.parameters import Value, plain
from hookline_gateway.refusals import Unreadable

MOST_TERMS = 100
DEEPEST = 10
MOST_VALUES = 1000
MOST_TRIED = 100
"""Characters of patterns that are searched with ``_`` in them: more would hold up everybody over large payloads."""
MOST_CHARACTERS = 16_384
MOST_BYTES = 32_768
"""Of a condition that is JSON within the JSON of a body."""


def read_condition(value: Value, fields: Collection[str]) -> Condition:
    """The condition; an empty one keeps every record.

    Raises:
        Unreadable: it is none, costs too much, or names a field that is not among ``fields``.
    """
    found = _read(value, fields)
    if tried_by(found) > MOST_TRIED:
        raise _refused(f"must have at most {MOST_TRIED} characters in parts of patterns that hold _ between two %")
    return found


def _read(value: Value, fields: Collection[str]) -> Condition:
    if isinstance(value, str):
        if len(value) > MOST_CHARACTERS:
            raise _refused(f"must have at most {MOST_CHARACTERS} characters")
        if not value.strip():
            return All()
        if value.lstrip()[0] not in "[{":
            return read_text(value, fields)
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise _refused("is no JSON that can be read") from None
    elif _size(value) > MOST_BYTES:
        raise _refused(f"must have at most {MOST_BYTES} bytes")
    return _Reader(fields).group([value] if isinstance(value, dict) else value, 0)


def _size(value: Value) -> int:
    try:
        return len(orjson.dumps(value))
    except orjson.JSONEncodeError:  # which is nested deeper still
        raise _too_deep() from None


class _Reader:
    """Reads one condition, within the bound on terms."""

    def __init__(self, fields: Collection[str]) -> None:
        self._fields = fields
        self._room = MOST_TERMS

    def group(self, items: object, depth: int) -> Condition:
        if not isinstance(items, list):
            raise _refused("must be a list of terms with AND or OR between them")
        if depth > DEEPEST:
            raise _too_deep()
        if not items:
            return All()
        words = [_word(item) for item in items[1::2]]
        if len(items) % 2 == 0:
            raise _refused("ends with AND or OR")
        return joined([self._term(item, depth) for item in items[::2]], words)

    def _term(self, item: object, depth: int) -> Condition:
        self._room -= 1
        if self._room < 0:
            raise _refused(f"must have at most {MOST_TERMS} terms")
        if isinstance(item, list):
            return self.group(item, depth + 1)
        if not isinstance(item, dict):
            raise _refused('must hold terms such as {"field":{"field":"id"},"op":"=","value":{"value":"1"}}')
        return compared(self._field(item.get("field")), _op(item.get("op")), item.get("value"))

    def _field(self, written: object) -> str:
        name = written.get("field") if isinstance(written, dict) else written
        if not isinstance(name, str) or name not in self._fields:
            raise _refused(f"may ask for {', '.join(self._fields)}")
        return name


def compared(field: str, op: str, value: object) -> Condition:
    """One term.

    Raises:
        Unreadable: operator and value do not go together.
    """
    values = _values(value)
    match op:
        case "IN" | "NOT IN":
            return Among(field, values, op == "IN")
        case "IS" | "IS NOT" if not values or values[0].upper() == "NULL":
            return Absent(field, op == "IS")
        case "IS" | "IS NOT":
            return Among(field, values[:1], op == "IS")
        case "LIKE" | "NOT LIKE" if len(values) == 1:
            return Like(field, values[0], op == "LIKE")
        case _ if op in COMPARISONS and len(values) == 1:
            return Compared(field, op, values[0])
    known = (*COMPARISONS, "IN", "NOT IN", "IS", "IS NOT", "LIKE", "NOT LIKE")
    raise _refused(f"compares with one of {' '.join(known)}, and with one value but for the lists of IN")


def _values(value: object) -> list[str]:
    if isinstance(value, dict):
        value = value["list"] if "list" in value else value.get("value")
    if not isinstance(value, list):
        return [] if value is None else [_scalar(value)]
    if len(value) > MOST_VALUES:
        raise _refused(f"must have at most {MOST_VALUES} values in a list")
    return [_scalar(each["value"] if isinstance(each, dict) and "value" in each else each) for each in value]


def _scalar(value: object) -> str:
    if isinstance(value, list | dict):
        raise _refused("must have texts and numbers as values")
    return plain(value)


def _op(written: object) -> str:
    return " ".join(written.upper().split()) if isinstance(written, str) else ""


def _word(item: object) -> str:
    word = item.strip().upper() if isinstance(item, str) else ""
    if word not in ("AND", "OR"):
        raise _refused("must have AND or OR between its terms")
    return word


def _too_deep() -> Unreadable:
    return _refused(f"must have at most {DEEPEST} lists within each other")


def _refused(why: str) -> Unreadable:
    return Unreadable(f"condition {why}")
