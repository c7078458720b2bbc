"""Messages as JSON that may be kept and shown: without what is marked as secret in the protos, or is named like one."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.event.v1 import options_pb2

MASK = "***"
MOST_BYTES = 64 * 1024
_SECRETIVE = re.compile(r"auth|cookie|key|password|secret|signature|token", re.IGNORECASE)


def masked_json(message: Message) -> bytes:
    """The message as a JSON object with the names of the proto; of a large one only its size is told.

    Any message will do, also one that breaks the rules of its proto.
    """
    said = json.dumps(masked(message), ensure_ascii=False, separators=(",", ":"))
    text = said.encode("utf-8", "backslashreplace")  # halves of surrogate pairs as JSON escapes them
    return text if len(text) <= MOST_BYTES else json.dumps({"left_out_bytes": len(text)}).encode()


def masked(message: Message) -> dict[str, Any]:
    """The fields that are set, by name."""
    told = {field.name: _field(field, value) for field, value in message.ListFields()}
    if message.DESCRIPTOR.name == "Header" and _SECRETIVE.search(told.get("name", "")):
        told["value"] = MASK
    return told


def _field(field: FieldDescriptor, value: Any) -> Any:
    if field.GetOptions().debug_redact:
        return MASK
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return {str(key): each for key, each in value.items()}
    if field.is_repeated:
        return [_value(field, each) for each in value]
    return _value(field, value)


def _value(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, Timestamp | Duration):
        try:
            return value.ToJsonString()
        except ValueError:  # no time at all
            return {"seconds": value.seconds, "nanos": value.nanos}
    if isinstance(value, Message):
        return masked(value)
    if isinstance(value, bytes):
        return _bytes(field, value)
    if field.enum_type is not None:
        named = field.enum_type.values_by_number.get(value)
        return named.name if named else value
    return value


def _bytes(field: FieldDescriptor, value: bytes) -> Any:
    if field.GetOptions().Extensions[options_pb2.json_object]:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return MASK
    return base64.b64encode(value).decode()
