"""Events as JSON lines: what `hookline publish` reads and the sample file holds.

A line is one JSON object whose keys are the fields of hookline.event.v1.Event; `data` is a plain object. A key that no
field has is refused by name, so that a typing error is not lost silently.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.event.v1 import event_pb2

MAX_LINE_BYTES = 1 << 20


class BadLine(ValueError):
    """A line that is no event; the message is `field: reason`."""


def parse_line(line: bytes) -> event_pb2.Event:
    """The event of one JSON line; raises BadLine."""
    if len(line) > MAX_LINE_BYTES:
        raise BadLine(f"line: is longer than {MAX_LINE_BYTES} bytes")
    try:
        fields = json.loads(line, parse_constant=_refuse_constant)
    except RecursionError:
        raise BadLine("line: is nested too deep") from None
    except UnicodeDecodeError:
        raise BadLine("line: is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadLine(f"line: is not JSON: {error.msg} at column {error.colno}") from None
    except BadLine:
        raise
    except ValueError as error:
        raise BadLine(f"line: is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise BadLine("line: is not a JSON object")
    return event_of(fields)


def event_of(fields: Mapping[str, Any]) -> event_pb2.Event:
    """The event with these fields; raises BadLine naming the first one that does not fit."""
    event = event_pb2.Event()
    for key, value in fields.items():
        reader = _READERS.get(key)
        if reader is None:
            raise BadLine(f"{key}: is not a field of an event; there are {', '.join(_READERS)}")
        reader(event, key, value)
    for key in ("type", "object_id"):
        if not getattr(event, key):
            raise BadLine(f"{key}: is required")
    return event


def data_bytes(value: object, key: str = "data") -> bytes:
    """The bytes of a JSON object as they are published; raises BadLine."""
    if not isinstance(value, dict):
        raise BadLine(f"{key}: is not a JSON object")
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except RecursionError:
        raise BadLine(f"{key}: is nested too deep") from None
    except UnicodeEncodeError:
        raise BadLine(f"{key}: holds half of a surrogate pair") from None
    except ValueError:
        raise BadLine(f"{key}: holds a number that is out of range") from None


def time_of(text: object, key: str) -> Timestamp:
    """The timestamp of an RFC 3339 text; raises BadLine."""
    stamp = Timestamp()
    try:
        if not isinstance(text, str):
            raise ValueError
        stamp.FromJsonString(text)
    except ValueError:
        raise BadLine(f"{key}: is not a time of RFC 3339, such as 2026-03-01T09:30:00Z") from None
    return stamp


def _refuse_constant(name: str) -> NoReturn:
    raise BadLine(f"line: {name} is not JSON")


def _text(event: event_pb2.Event, key: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadLine(f"{key}: is not a string")
    setattr(event, key, _unicode(key, str(value)))


def _number(event: event_pb2.Event, key: str, value: object) -> None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadLine(f"{key}: is not a whole number")
    try:
        setattr(event, key, value)
    except ValueError:
        raise BadLine(f"{key}: is out of range") from None


def _texts(event: event_pb2.Event, key: str, value: object) -> None:
    if not isinstance(value, list) or not all(_is_scalar(each) for each in value):
        raise BadLine(f"{key}: is not a list of strings")
    getattr(event, key).extend(_unicode(key, str(each)) for each in value)


def _params(event: event_pb2.Event, key: str, value: object) -> None:
    if not isinstance(value, dict):
        raise BadLine(f"{key}: is not a JSON object")
    for name, each in value.items():
        if not _is_scalar(each):
            raise BadLine(f"{key}.{name}: is not a string")
        event.params[_unicode(key, name)] = _unicode(f"{key}.{name}", str(each))


def _data(event: event_pb2.Event, key: str, value: object) -> None:
    event.data = data_bytes(value, key)


def _time(event: event_pb2.Event, key: str, value: object) -> None:
    event.occurred_time.CopyFrom(time_of(value, key))


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int) and not isinstance(value, bool)


def _unicode(key: str, text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadLine(f"{key}: holds half of a surrogate pair") from None
    return text


_READERS = {
    "id": _text,
    "account_id": _number,
    "type": _text,
    "params": _params,
    "object_type_id": _number,
    "object_id": _text,
    "object_version": _number,
    "data": _data,
    "changed_fields": _texts,
    "tags": _texts,
    "occurred_time": _time,
    "ordering_key": _text,
}
