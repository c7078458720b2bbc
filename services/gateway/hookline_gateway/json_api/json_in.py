"""From JSON to messages.

``json_format`` reads proto3 JSON. Before it sees them, plain objects become the bytes that fields
marked ``json_object`` hold, and masks get the form that it knows; when it refuses, ``faults`` finds the field.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, NoReturn, TypeVar

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from hookline_gateway.json_api.amounts import too_many
from hookline_gateway.json_api.faults import UNFIT, fault_in
from hookline_gateway.json_api.fields import by_name, is_json_object, is_map, is_mask, kind_of, rewritten, value_of
from hookline_gateway.refusals import BadJson
from hookline_runtime.errors import InvalidArgument, Violation

M = TypeVar("M", bound=Message)
DEEPEST = 100
_UNDERSCORE = re.compile("_([a-z0-9])")


def read_json(body: bytes, what: str = "the body") -> Any:
    """The value of a JSON text; whole numbers of any length stay what they are. ``what`` it is, a refusal says.

    Raises:
        BadJson: it is none, or too deep.
    """
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except _NoNumber as error:
        raise BadJson(f"{what} is not JSON: {error} is no number of JSON") from None
    except RecursionError:
        raise BadJson("the JSON is nested too deep") from None
    except UnicodeDecodeError:
        raise BadJson(f"{what} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise BadJson(f"{what} is not JSON: {error.msg}, line {error.lineno} column {error.colno}") from None
    except ValueError:
        raise BadJson("the JSON holds a number with too many digits") from None


def message_of(value: Any, kind: type[M]) -> M:
    """The message of a JSON value.

    Raises:
        InvalidArgument: with the path of the field that does not fit.
    """
    if not isinstance(value, dict):
        raise InvalidArgument(Violation("", "must be a JSON object"))
    if (many := too_many(value, kind_of(kind))) is not None:
        raise InvalidArgument(many)
    try:
        closed = _closed(value, kind_of(kind), "", DEEPEST)
        return json_format.ParseDict(closed, kind(), max_recursion_depth=DEEPEST)
    except UNFIT:
        raise InvalidArgument(fault_in(closed, kind_of(kind))) from None
    except RecursionError:
        raise BadJson("the JSON is nested too deep") from None


def object_bytes(value: Any, path: str) -> bytes:
    """A plain JSON object as the bytes that a field holds.

    Raises:
        InvalidArgument: at ``path``; it is no object, or not one that can be written.
    """
    if not isinstance(value, dict):
        raise InvalidArgument(Violation(path, "must be a JSON object"))
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        raise InvalidArgument(Violation(path, "holds half of a surrogate pair")) from None
    except RecursionError:
        raise InvalidArgument(Violation(path, "is nested too deep")) from None
    except ValueError:
        raise InvalidArgument(Violation(path, "holds a number that is out of range")) from None


class _NoNumber(Exception):
    """What stands where a number could, and is none of JSON's."""


def _refuse_constant(name: str) -> NoReturn:
    raise _NoNumber(name)


def _upper(found: re.Match[str]) -> str:
    return found[1].upper()


def _closed(value: dict[str, Any], descriptor: Descriptor, path: str, left: int) -> dict[str, Any]:
    """The value with base64 in the place of each plain object; what does not fit is left for ``json_format``."""
    places = rewritten(descriptor)
    if not places or not left:
        return value
    closed = dict(value)
    names = by_name(descriptor)
    for key, each in value.items():
        field = names.get(key)
        if field in places and each is not None:
            closed[key] = _closed_field(each, field, f"{path}{field.name}", left - 1)
    return closed


def _closed_field(value: Any, field: FieldDescriptor, path: str, left: int) -> Any:
    def one(each: Any, path: str) -> Any:
        if is_json_object(field):
            return base64.b64encode(object_bytes(each, path)).decode()
        if is_mask(field):
            return _UNDERSCORE.sub(_upper, each) if isinstance(each, str) else each
        kind = value_of(field).message_type if is_map(field) else field.message_type
        return _closed(each, kind, f"{path}.", left) if kind is not None and isinstance(each, dict) else each

    if is_map(field) and isinstance(value, dict):
        return {key: one(each, f"{path}[{json.dumps(key)}]") for key, each in value.items()}
    if field.is_repeated and isinstance(value, list):
        return [one(each, f"{path}[{index}]") for index, each in enumerate(value)]
    return one(value, path)
