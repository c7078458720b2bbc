"""JSON Schemas of messages and enums, as proto3 JSON writes them and as this API reads them."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from hookline_gateway.json_api.fields import is_json_object, is_map, value_of
from hookline_gateway.openapi.bounds import bounds
from hookline_gateway.openapi.comments import comment

Schema = dict[str, Any]

_INT64 = {"type": ["string", "integer"], "format": "int64"}
_UINT64 = {"type": ["string", "integer"], "format": "uint64"}
_INT32 = {"type": "integer", "format": "int32"}
_NUMBER = {"type": "number", "format": "double"}
_SCALARS: dict[int, Schema] = {
    FieldDescriptor.CPPTYPE_STRING: {"type": "string"},
    FieldDescriptor.CPPTYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.CPPTYPE_INT32: _INT32,
    FieldDescriptor.CPPTYPE_UINT32: {"type": "integer", "format": "uint32", "minimum": 0},
    FieldDescriptor.CPPTYPE_INT64: _INT64,
    FieldDescriptor.CPPTYPE_UINT64: _UINT64,
    FieldDescriptor.CPPTYPE_FLOAT: _NUMBER,
    FieldDescriptor.CPPTYPE_DOUBLE: _NUMBER,
}
_OWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?\d+(\.\d{1,9})?s$"},
    "google.protobuf.FieldMask": {"type": "string"},
    "google.protobuf.Any": {"type": "object", "properties": {"@type": {"type": "string"}}, "required": ["@type"]},
    "google.protobuf.Struct": {"type": "object"},
}
_BASE64 = {"type": "string", "contentEncoding": "base64"}
_OBJECT = {"type": "object"}


class Schemas:
    """The schemas that a document needs, each made when something first refers to it."""

    def __init__(self) -> None:
        self.made: dict[str, Schema] = {}
        self._names: dict[str, str] = {}

    def reference(self, descriptor: Descriptor | EnumDescriptor) -> Schema:
        """A reference to the schema of a message or an enum."""
        name = self._name(descriptor)
        if name not in self.made:
            self.made[name] = {}  # a message may lead back to itself
            made = self._enum(descriptor) if isinstance(descriptor, EnumDescriptor) else self._message(descriptor)
            self.made[name] = made
        return {"$ref": f"#/components/schemas/{name}"}

    def of_field(self, field: FieldDescriptor) -> Schema:
        """The schema of a field's value."""
        if is_map(field):
            return {"type": "object", "additionalProperties": self.of_one(value_of(field))}
        if field.is_repeated:
            return {"type": "array", "items": self.of_one(field)}
        return self.of_one(field)

    def of_one(self, field: FieldDescriptor) -> Schema:
        """The schema of one of its values."""
        if field.enum_type is not None:
            return self.reference(field.enum_type)
        if field.message_type is not None:
            return dict(_OWN.get(field.message_type.full_name) or self.reference(field.message_type))
        if field.type == FieldDescriptor.TYPE_BYTES:
            return dict(_OBJECT if is_json_object(field) else _BASE64)
        return dict(_SCALARS[field.cpp_type])

    def _message(self, descriptor: Descriptor) -> Schema:
        properties = {field.name: self._property(field) for field in descriptor.fields}
        return _described({"type": "object", "properties": properties}, comment(descriptor.full_name))

    def _property(self, field: FieldDescriptor) -> Schema:
        return _described({**self.of_field(field), **bounds(field)}, comment(field.full_name))

    def _enum(self, descriptor: EnumDescriptor) -> Schema:
        values = [value.name for value in descriptor.values]
        lines = [comment(descriptor.full_name), *(comment(f"{descriptor.full_name}.{each}") for each in values)]
        return _described({"type": "string", "enum": values}, "\n\n".join(line for line in lines if line))

    def _name(self, descriptor: Descriptor | EnumDescriptor) -> str:
        """The short name, or the full one where another package has the short one already."""
        holder = self._names.setdefault(descriptor.name, descriptor.full_name)
        return descriptor.name if holder == descriptor.full_name else descriptor.full_name


def _described(schema: Schema, text: str) -> Schema:
    return {**schema, "description": text} if text else schema
