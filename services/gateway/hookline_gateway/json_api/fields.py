"""What the transcoder asks of descriptors: fields by either name, and where JSON objects stand as bytes."""

from __future__ import annotations

from functools import cache
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from hookline.event.v1 import options_pb2

WELL_KNOWN = "google.protobuf."


@cache
def by_name(descriptor: Descriptor) -> dict[str, FieldDescriptor]:
    """The fields by the name of the proto and by that of proto3 JSON; a caller may use either."""
    return {name: field for field in descriptor.fields for name in (field.json_name, field.name)}


@cache
def is_json_object(field: FieldDescriptor) -> bool:
    """Whether the field is bytes that stand for a JSON object."""
    return bool(field.GetOptions().Extensions[options_pb2.json_object])


def is_map(field: FieldDescriptor) -> bool:
    """Whether the field is a map."""
    return field.message_type is not None and bool(field.message_type.GetOptions().map_entry)


def key_of(field: FieldDescriptor) -> FieldDescriptor:
    """The field of a map's keys."""
    return _entry(field).fields_by_name["key"]


def value_of(field: FieldDescriptor) -> FieldDescriptor:
    """The field of a map's values."""
    return _entry(field).fields_by_name["value"]


def kind_of(message: Message | type[Message]) -> Descriptor:
    """The descriptor of a message or of its class."""
    return cast("Descriptor", message.DESCRIPTOR)


def holder_of(field: FieldDescriptor) -> Descriptor:
    """The descriptor of the message that has the field."""
    return cast("Descriptor", field.containing_type)


def has_own_json(descriptor: Descriptor) -> bool:
    """Whether proto3 JSON has a form of its own for the type, such as a text for a time."""
    return bool(descriptor.full_name.startswith(WELL_KNOWN))


def is_mask(field: FieldDescriptor) -> bool:
    """Whether the field is a mask: proto3 JSON knows its paths in camel case alone, this API by their names as well."""
    return field.message_type is not None and field.message_type.full_name == "google.protobuf.FieldMask"


@cache
def rewritten(descriptor: Descriptor) -> tuple[FieldDescriptor, ...]:
    """The fields that ``json_format`` is not shown as they are, and messages in which there are some, however deep."""
    return tuple(field for field in descriptor.fields if is_json_object(field) or _reaches(field, frozenset()))


def _reaches(field: FieldDescriptor, above: frozenset[str]) -> bool:
    kind = field.message_type
    if is_mask(field):
        return True
    if kind is None or kind.full_name in above:
        return False
    within = above | {kind.full_name}
    return any(is_json_object(each) or _reaches(each, within) for each in kind.fields)


def _entry(field: FieldDescriptor) -> Descriptor:
    return cast("Descriptor", field.message_type)
