"""Messages that nobody in their right mind would send, made from descriptors by a random source."""

from __future__ import annotations

from random import Random
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

INTEGERS = (0, 1, -1, 7, 149, 10_000, 2**31 - 1, -(2**31), 2**32 - 1, 2**63 - 1, -(2**63), 2**64 - 1)
TEXTS = (
    *("", "a", "4", "sub_tag(4)", "[First Name]", "[[", "[", "{", '{"a":', "<a", "a=b&c", "\x00", "\u202e", "é" * 500),
    *("http://a", "http://127.0.0.1/", "https://[::1", "x" * 70_000, "../..", "*", "%", "' OR 1=1 --", "9" * 400),
)
DATA = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"a":1e999}',
    b'{"a":NaN}',
    b"{" * 200,
    b"\xff\xfe",
    b'{"a":"\x00"}',
    b"x" * 70_000,
)
DEEPEST = 6
SIZES = {FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1), FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1)}
SIZES |= {FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1), FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1)}


def odd_message(kind: type[Message], random: Random) -> Message:
    """A message with some of its fields set, to whatever."""
    message = kind()
    _fill(message, random, 0)
    return message


def odd_bytes(kind: type[Message], random: Random) -> bytes:
    """What is sent in place of a message: bytes without sense, or those of an odd message, whole or damaged."""
    if random.random() < 0.2:
        return random.randbytes(random.randrange(200))
    data = bytearray(odd_message(kind, random).SerializeToString())
    if data and random.random() < 0.3:
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
    if random.random() < 0.2:
        del data[random.randrange(len(data) + 1) :]
    return bytes(data)


def _fill(message: Message, random: Random, depth: int) -> None:
    for field in message.DESCRIPTOR.fields:
        if random.random() < 0.5 or (depth >= DEEPEST and field.message_type is not None):
            continue
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            _fill_map(getattr(message, field.name), field, random)
        elif field.is_repeated:
            for _ in range(random.choice((1, 2, 5))):
                _add(getattr(message, field.name), field, random, depth)
        elif field.message_type is not None:
            inner = getattr(message, field.name)
            inner.SetInParent()
            _fill(inner, random, depth + 1)
        else:
            setattr(message, field.name, _value(field, random))


def _fill_map(entries: Any, field: Any, random: Random) -> None:
    key, value = (field.message_type.fields_by_name[name] for name in ("key", "value"))
    if value.message_type is None:
        entries[_value(key, random)] = _value(value, random)


def _add(values: Any, field: Any, random: Random, depth: int) -> None:
    if field.message_type is None:
        values.append(_value(field, random))
    else:
        _fill(values.add(), random, depth + 1)


def _value(field: Any, random: Random) -> Any:
    match field.cpp_type:
        case FieldDescriptor.CPPTYPE_STRING:
            return random.choice(DATA if field.type == FieldDescriptor.TYPE_BYTES else TEXTS)
        case FieldDescriptor.CPPTYPE_BOOL:
            return random.random() < 0.5
        case FieldDescriptor.CPPTYPE_DOUBLE | FieldDescriptor.CPPTYPE_FLOAT:
            return random.choice((0.0, -1.5, float("inf"), float("nan")))
        case FieldDescriptor.CPPTYPE_ENUM:
            return random.choice((0, 1, 2, 99))
        case _:
            least, most = SIZES[field.cpp_type]
            return random.choice([number for number in INTEGERS if least <= number <= most])
