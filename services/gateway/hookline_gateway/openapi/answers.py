"""Examples of answers, made of the descriptors: what the JSON API would write of a message that is filled in.

Fields are filled by their names and kinds. What somebody made is shown as the example of the body that makes it, with
what the server adds.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import orjson
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

from hookline_gateway.json_api.event_stream import event
from hookline_gateway.json_api.fields import has_own_json, is_json_object, is_map
from hookline_gateway.json_api.json_in import message_of
from hookline_gateway.json_api.json_out import json_of
from hookline_gateway.openapi.answer_texts import (
    DURATION,
    GIVEN,
    LEFT_OUT,
    LISTS,
    MAPS,
    NUMBERS,
    OBJECTS,
    OF_FIELDS,
    TEXTS,
    TIME,
)

_OWN = {"google.protobuf.Timestamp": TIME, "google.protobuf.Duration": DURATION}
_WHOLE = (
    FieldDescriptor.CPPTYPE_INT32,
    FieldDescriptor.CPPTYPE_INT64,
    FieldDescriptor.CPPTYPE_UINT32,
    FieldDescriptor.CPPTYPE_UINT64,
)


def example_of(descriptor: Descriptor) -> dict[str, Any]:
    """An answer that is this message, as the JSON API writes it."""
    example: dict[str, Any] = orjson.loads(json_of(_made(descriptor)))
    return example


def event_of(descriptor: Descriptor) -> str:
    """An event of a stream that holds this message."""
    return event(_made(descriptor)).decode()


def _made(descriptor: Descriptor) -> Message:
    return message_of(_message(descriptor, ()), GetMessageClass(descriptor))


def _message(descriptor: Descriptor, above: tuple[str, ...]) -> dict[str, Any]:
    """A value for a message within those named ``above``; only what the API would not write by itself."""
    within = (*above, descriptor.full_name)
    given = GIVEN.get(descriptor.full_name, {})
    # Settings that its maker left out stay out: what is filled in besides is what the server says of it.
    fields = [each for each in descriptor.fields if not given or _is_plain(each)]
    found = {each.name: _field(each, within) for each in fields if _stands(each, within)}
    return {name: value for name, value in found.items() if value is not None} | given


def _is_plain(field: FieldDescriptor) -> bool:
    return field.message_type is None or field.message_type.full_name in _OWN


def _stands(field: FieldDescriptor, within: tuple[str, ...]) -> bool:
    """Whether a field has a value: of a oneof the first, secrets where they are shown once, no message in itself."""
    if field.name in LEFT_OUT or (field.GetOptions().debug_redact and len(within) > 1):
        return False
    if field.containing_oneof is not None and field.containing_oneof.fields[0].name != field.name:
        return False
    return field.message_type is None or field.message_type.full_name not in within


def _field(field: FieldDescriptor, within: tuple[str, ...]) -> Any:
    """A value for a field, or nothing."""
    if field.full_name in OF_FIELDS:
        return OF_FIELDS[field.full_name]
    if is_map(field):
        return MAPS.get(field.name)
    if is_json_object(field):
        return OBJECTS.get(field.name)
    if field.message_type is None and field.enum_type is None and field.is_repeated:
        return LISTS.get(field.name)
    one = _one(field, within)
    return [one] if field.is_repeated and one is not None else one


def _one(field: FieldDescriptor, within: tuple[str, ...]) -> Any:
    if field.message_type is not None:
        if has_own_json(field.message_type):
            return _OWN.get(field.message_type.full_name)
        return _message(field.message_type, within)
    if field.enum_type is not None:
        return field.enum_type.values[1].name  # the first stands for none of them
    if field.cpp_type in _WHOLE:
        return NUMBERS.get(field.name)
    if field.cpp_type != FieldDescriptor.CPPTYPE_STRING:
        return None
    text = TEXTS.get(field.name)
    return b64encode(text.encode()).decode() if text and field.type == FieldDescriptor.TYPE_BYTES else text
