"""Parameters of an operation: variables of its path, and fields of its request that stand in the query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor

from hookline_gateway.json_api.fields import has_own_json, is_json_object, is_map
from hookline_gateway.json_api.operations import Operation
from hookline_gateway.openapi.bounds import bounds
from hookline_gateway.openapi.comments import comment
from hookline_gateway.openapi.examples import in_path
from hookline_gateway.openapi.paths import Told
from hookline_gateway.openapi.schemas import Schemas

_DEEPEST = 4


def parameters(operation: Operation, path: Told, schemas: Schemas) -> list[dict[str, Any]]:
    """All of them; those of the path first."""
    within = operation.template.variables
    found = [_in_path(path.names[name], field_at(operation.rpc.input_type, name), schemas) for name in within]
    if not operation.body:
        leaves = _leaves(operation.rpc.input_type, "", _DEEPEST)
        found += [_parameter(name, field, schemas) for name, field in leaves if name not in within]
    return found


def _in_path(name: str, field: FieldDescriptor, schemas: Schemas) -> dict[str, Any]:
    told = _parameter(name, field, schemas)
    return told | {"in": "path", "required": True, "example": in_path(name, field)}


def _parameter(name: str, field: FieldDescriptor, schemas: Schemas) -> dict[str, Any]:
    parameter: dict[str, Any] = {
        "name": name,
        "in": "query",
        "schema": {**schemas.of_field(field), **bounds(field)},
        "description": comment(field.full_name),
    }
    if field.is_repeated:
        parameter |= {"style": "form", "explode": True}
    return parameter


def field_at(descriptor: Descriptor, name: str) -> FieldDescriptor:
    """The field that a dotted name leads to."""
    *above, last = name.split(".")
    for step in above:
        inner = descriptor.fields_by_name[step].message_type
        assert inner is not None, name
        descriptor = inner
    return descriptor.fields_by_name[last]


def _leaves(descriptor: Descriptor, above: str, left: int) -> Iterator[tuple[str, FieldDescriptor]]:
    """The fields that a query can name, those of inner messages by dotted names."""
    for field in descriptor.fields:
        name = f"{above}{field.name}"
        inner = field.message_type
        if is_map(field) or is_json_object(field):
            continue
        if inner is None or has_own_json(inner):
            yield name, field
        elif left and not field.is_repeated:
            yield from _leaves(inner, f"{name}.", left - 1)
