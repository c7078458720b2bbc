"""Finds the field for which ``json_format`` refused a value: it says what was wrong, not always where.

The value is taken apart and its parts are tried one by one, so that the answer names the one path that
a caller has to mend, in the form in which the services name paths: ``events[3].params["x"]``.
"""

from __future__ import annotations

import json
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message_factory import GetMessageClass

from hookline_gateway.json_api.fields import by_name, has_own_json, holder_of, is_map, value_of
from hookline_runtime.errors import Violation

UNFIT = (json_format.ParseError, UnicodeEncodeError, SystemError)
"""What ``json_format`` raises for what does not fit; the last where a name holds half of a surrogate pair."""
_MOST_NAMES = 12
_KINDS = FieldDescriptor
_NUMBERS = "must be a whole number that fits"
_REASONS = {
    _KINDS.CPPTYPE_STRING: "must be a string",
    _KINDS.CPPTYPE_BOOL: "must be true or false",
    _KINDS.CPPTYPE_FLOAT: "must be a number",
    _KINDS.CPPTYPE_DOUBLE: "must be a number",
    _KINDS.CPPTYPE_MESSAGE: "must be a JSON object",
}
_OWN_REASONS = {
    "google.protobuf.Timestamp": "must be a time of RFC 3339, such as 2026-03-01T09:30:00Z",
    "google.protobuf.Duration": 'must be a duration in seconds, such as "1.5s"',
    "google.protobuf.FieldMask": 'must be the paths of fields, such as "url,headers"',
}


def fault_in(value: dict[str, Any], descriptor: Descriptor, path: str = "") -> Violation:
    """What is wrong with a value that does not fit the message."""
    names = by_name(descriptor)
    seen: dict[str, str] = {}
    for key, each in value.items():
        field = names.get(key)
        if field is None:
            return Violation(f"{path}{_printable(key)}", f"is not a field; there are {_some(descriptor)}")
        if seen.setdefault(_slot(field), key) != key:
            return Violation(f"{path}{_printable(key)}", f"goes not together with {seen[_slot(field)]}")
        if not _fits({key: each}, descriptor):
            return _fault_of(each, field, f"{path}{field.name}")
    return Violation(path.rstrip("."), "does not fit")


def _fault_of(value: Any, field: FieldDescriptor, path: str) -> Violation:
    """What is wrong with the value of one field."""
    if is_map(field):
        return _fault_in_map(value, field, path)
    if not field.is_repeated:
        return _fault_of_one(value, field, path)
    if not isinstance(value, list):
        return Violation(path, "must be an array")
    for index, each in enumerate(value):
        if each is None or not _fits({field.name: [each]}, holder_of(field)):
            return _fault_of_one(each, field, f"{path}[{index}]")
    return Violation(path, "does not fit")


def _fault_in_map(value: Any, field: FieldDescriptor, path: str) -> Violation:
    if not isinstance(value, dict):
        return Violation(path, "must be a JSON object")
    values = value_of(field)
    for key, each in value.items():
        if each is None or not _fits({field.name: {key: each}}, holder_of(field)):
            return _fault_of_one(each, values, f"{path}[{json.dumps(_printable(key))}]")
    return Violation(path, "does not fit")


def _fault_of_one(value: Any, field: FieldDescriptor, path: str) -> Violation:
    kind = field.message_type
    if kind is not None and not has_own_json(kind) and isinstance(value, dict):
        return fault_in(value, kind, f"{path}.")
    return Violation(path, _reason(value, field))


def _reason(value: Any, field: FieldDescriptor) -> str:
    if isinstance(value, str) and not _is_unicode(value):
        return "holds half of a surrogate pair"
    if field.message_type is not None and field.message_type.full_name in _OWN_REASONS:
        return _OWN_REASONS[field.message_type.full_name]
    if field.enum_type is not None:
        return f"must be one of {', '.join(each.name for each in field.enum_type.values)}"
    if field.type == _KINDS.TYPE_BYTES:
        return "must be base64"
    return _REASONS.get(field.cpp_type, _NUMBERS)


def _fits(value: dict[str, Any], descriptor: Descriptor) -> bool:
    try:
        json_format.ParseDict(value, GetMessageClass(descriptor)())
    except UNFIT:
        return False
    return True


def _slot(field: FieldDescriptor) -> str:
    """What only one key may fill: the field, or the oneof it belongs to."""
    oneof = field.containing_oneof
    return oneof.full_name if oneof is not None else field.full_name


def _some(descriptor: Descriptor) -> str:
    names = [field.name for field in descriptor.fields]
    return ", ".join(names[:_MOST_NAMES]) + (", …" if len(names) > _MOST_NAMES else "")


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= each <= "\udfff" for each in text)


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()[:128]
