"""How many values a field may hold, checked before they are read one by one.

The protos say it and the services hold it. But to make a message of a million values, only to have it refused, takes
so long that nobody else would be answered meanwhile.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from hookline_gateway.json_api.fields import by_name, has_own_json, is_map
from hookline_runtime.errors import Violation


def too_many(value: dict[str, Any], descriptor: Descriptor) -> Violation | None:
    """What the services would say of the first field that holds more values than it may; None where none does."""
    waiting = [(value, descriptor, "")]
    while waiting:
        holder, kind, path = waiting.pop()
        for name, each in holder.items():
            field = by_name(kind).get(name)
            if field is None or not isinstance(each, list | dict):
                continue
            most = _most(field)
            if most is not None and len(each) > most:
                return Violation(f"{path}{field.name}", _words(field, most))
            waiting += _within(each, field, f"{path}{field.name}")
    return None


def _within(value: Any, field: FieldDescriptor, path: str) -> list[tuple[dict[str, Any], Descriptor, str]]:
    """The messages that a field's value stands for, each with its path."""
    kind = field.message_type
    if kind is None or is_map(field) or has_own_json(kind) or _each_by_itself(field):
        return []
    if isinstance(value, dict):
        return [(value, kind, f"{path}.")]
    return [(each, kind, f"{path}[{index}].") for index, each in enumerate(value) if isinstance(each, dict)]


@cache
def _each_by_itself(field: FieldDescriptor) -> bool:
    """Whether one value that breaks a rule is told of by itself, and the others of the field are taken."""
    rules = field.GetOptions().Extensions[validate_pb2.field]
    return bool(rules.repeated.items.ignore == validate_pb2.IGNORE_ALWAYS)


@cache
def _most(field: FieldDescriptor) -> int | None:
    rules = field.GetOptions().Extensions[validate_pb2.field]
    if rules.map.HasField("max_pairs"):
        return int(rules.map.max_pairs)
    return int(rules.repeated.max_items) if rules.repeated.HasField("max_items") else None


def _words(field: FieldDescriptor, most: int) -> str:
    return f"map must be at most {most} entries" if is_map(field) else f"must contain no more than {most} item(s)"
