"""The comments of the protos by the full name of what they stand above.

Descriptors in the stubs have none, so the distribution of the protos carries ``contract.binpb``: the
same files with protoc's source info.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    ServiceDescriptorProto,
)

_Path = tuple[int, ...]
# The numbers of these fields in descriptor.proto: a location's path is made of them.
_MESSAGES, _ENUMS, _SERVICES = 4, 5, 6
_MESSAGE_FIELDS, _MESSAGE_NESTED, _MESSAGE_ENUMS = 2, 3, 4
_VALUES = _METHODS = 2


@cache
def comments() -> Mapping[str, str]:
    """Every comment of the contract."""
    contract = FileDescriptorSet.FromString(files("hookline").joinpath("contract.binpb").read_bytes())
    return {name: text for file in contract.file for name, text in _of_file(file)}


def comment(full_name: str) -> str:
    """The comment above one thing; empty where there is none."""
    return comments().get(full_name, "")


def first_sentence(text: str) -> str:
    """The first sentence of a comment, without its full stop."""
    return text.partition(". ")[0].removesuffix(".")


def _of_file(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    places = {tuple(each.path): _joined(each.leading_comments) for each in file.source_code_info.location}
    for name, path in _names(file):
        if places.get(path):
            yield name, places[path]


def _names(file: FileDescriptorProto) -> Iterator[tuple[str, _Path]]:
    for index, message in enumerate(file.message_type):
        yield from _in_message(message, file.package, (_MESSAGES, index))
    for index, enum in enumerate(file.enum_type):
        yield from _in_enum(enum, file.package, (_ENUMS, index))
    for index, service in enumerate(file.service):
        yield from _in_service(service, file.package, (_SERVICES, index))


def _in_message(message: DescriptorProto, above: str, path: _Path) -> Iterator[tuple[str, _Path]]:
    name = f"{above}.{message.name}"
    yield name, path
    for index, field in enumerate(message.field):
        yield f"{name}.{field.name}", (*path, _MESSAGE_FIELDS, index)
    for index, nested in enumerate(message.nested_type):
        yield from _in_message(nested, name, (*path, _MESSAGE_NESTED, index))
    for index, enum in enumerate(message.enum_type):
        yield from _in_enum(enum, name, (*path, _MESSAGE_ENUMS, index))


def _in_enum(enum: EnumDescriptorProto, above: str, path: _Path) -> Iterator[tuple[str, _Path]]:
    yield f"{above}.{enum.name}", path
    for index, value in enumerate(enum.value):
        # The name of a value stands beside its enum in protobuf; here it is told apart by it.
        yield f"{above}.{enum.name}.{value.name}", (*path, _VALUES, index)


def _in_service(service: ServiceDescriptorProto, above: str, path: _Path) -> Iterator[tuple[str, _Path]]:
    name = f"{above}.{service.name}"
    yield name, path
    for index, method in enumerate(service.method):
        yield f"{name}.{method.name}", (*path, _METHODS, index)


def _joined(text: str) -> str:
    """A comment as running text: its lines were cut for the width of a page."""
    return " ".join(line.strip() for line in text.strip().splitlines())
