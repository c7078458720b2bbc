"""From messages to JSON: proto3 JSON with the names of the protos, every field, and JSON objects as plain objects.

The bytes of a JSON object go out as they are stored: a number of thirty digits stays one.
"""

from __future__ import annotations

from typing import Any

import orjson
from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from hookline_gateway.json_api.fields import is_json_object, is_map, is_mask, key_of, kind_of, rewritten


def document_of(message: Message) -> dict[str, Any]:
    """The message as a document for ``orjson``."""
    document: dict[str, Any] = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    _open(message, document)
    return document


def json_of(message: Message) -> bytes:
    """The message as JSON."""
    return orjson.dumps(document_of(message))


def _open(message: Message, document: dict[str, Any]) -> None:
    for field in rewritten(kind_of(message)):
        if field.name in document:
            document[field.name] = _opened(getattr(message, field.name), document[field.name], field)


def _opened(value: Any, shown: Any, field: FieldDescriptor) -> Any:
    if is_map(field):
        return {key: _opened_one(value[_key(key, field)], each, field) for key, each in shown.items()}
    if field.is_repeated:
        return [_opened_one(each, each_shown, field) for each, each_shown in zip(value, shown, strict=True)]
    return _opened_one(value, shown, field)


def _opened_one(value: Any, shown: Any, field: FieldDescriptor) -> Any:
    if is_json_object(field):
        return orjson.Fragment(value) if value else {}
    if is_mask(field):
        return ",".join(value.paths)
    _open(value, shown)
    return shown


def _key(text: str, field: FieldDescriptor) -> Any:
    """A key of a map as the message has it: in JSON all are texts."""
    kind = key_of(field).cpp_type
    return text if kind == FieldDescriptor.CPPTYPE_STRING else int(text)
