"""Texts of a path and a query put into a JSON value at the fields that they name, such as ``target.kind``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from hookline_gateway.json_api.fields import by_name, has_own_json, is_json_object, is_map
from hookline_gateway.json_api.json_in import read_json
from hookline_runtime.errors import InvalidArgument, Violation

_TRUTH = {"true": True, "false": False}


def put_variables(value: dict[str, Any], variables: dict[str, str], descriptor: Descriptor) -> None:
    """Puts the variables of a path in; they go before what the body says.

    Raises:
        InvalidArgument: one does not fit its field, or the body has no object where one belongs.
    """
    for name, text in variables.items():
        holder, field = _place(value, name, descriptor)
        for spelling in (field.json_name, field.name):
            holder.pop(spelling, None)
        holder[field.name] = _json_of(text, field)


def put_query(value: dict[str, Any], pairs: Iterable[tuple[str, str]], descriptor: Descriptor) -> None:
    """Puts the parameters of a query in; one that repeats is a list.

    Raises:
        InvalidArgument: one has no field, does not fit it, or is given twice.
    """
    for name, text in pairs:
        holder, field = _place(value, name, descriptor)
        given = _json_of(text, field)
        if field.is_repeated:
            holder.setdefault(field.name, []).append(given)
        elif field.name in holder:
            raise InvalidArgument(Violation(name, "is given twice"))
        else:
            holder[field.name] = given


def _place(value: dict[str, Any], name: str, descriptor: Descriptor) -> tuple[dict[str, Any], FieldDescriptor]:
    """The object that holds the field of a dotted name, made where it is missing, and the field."""
    *above, last = name.split(".")
    holder = value
    for step in above:
        field = by_name(descriptor).get(step)
        if field is None or field.message_type is None or field.is_repeated or has_own_json(field.message_type):
            raise InvalidArgument(Violation(name, "is not a parameter of this operation"))
        holder = _inner(holder, field, name)
        descriptor = field.message_type
    return holder, _leaf(name, last, descriptor)


def _inner(holder: dict[str, Any], field: FieldDescriptor, name: str) -> dict[str, Any]:
    spelling = field.json_name if field.json_name in holder else field.name
    if holder.get(spelling) is None:
        holder[spelling] = {}
    inner = holder[spelling]
    if not isinstance(inner, dict):
        raise InvalidArgument(Violation(name.rpartition(".")[0], "must be a JSON object"))
    return inner


def _leaf(name: str, last: str, descriptor: Descriptor) -> FieldDescriptor:
    field = by_name(descriptor).get(last)
    if field is None:
        raise InvalidArgument(Violation(name[:128], "is not a parameter of this operation"))
    if is_map(field) or (field.message_type is not None and not has_own_json(field.message_type)):
        raise InvalidArgument(Violation(name, f"is an object: name a field of it, such as {name}.x"))
    return field


def _json_of(text: str, field: FieldDescriptor) -> Any:
    """The JSON value that a text stands for; what does not fit is left to the reader of the message."""
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _TRUTH.get(text, text)
    if field.enum_type is not None and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return read_json(text.encode()) if is_json_object(field) else text
