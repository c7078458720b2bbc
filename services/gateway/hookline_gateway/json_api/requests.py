"""Makes the message of an RPC out of a request: path, query, body and ``If-Match``."""

from __future__ import annotations

from typing import Any

from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message
from starlette.requests import Request

from hookline_gateway.bodies import BodyLimits, media_type, read_body
from hookline_gateway.json_api.beside import beside
from hookline_gateway.json_api.etags import put_if_match
from hookline_gateway.json_api.fields import by_name
from hookline_gateway.json_api.json_in import message_of, read_json
from hookline_gateway.json_api.operations import Operation
from hookline_gateway.json_api.parameters import put_query, put_variables
from hookline_gateway.json_api.routing import Found
from hookline_gateway.refusals import HttpRefusal, UnsupportedType
from hookline_runtime.errors import InvalidArgument, Violation

JSON_TYPES = frozenset({"", "application/json", "text/json"})
"""Media types that are read as JSON; one that is not named counts as it."""
_WHOLE = "*"


async def message_for(request: Request, found: Found, limits: BodyLimits) -> Message:
    """The message that a request stands for.

    Raises:
        HooklineError: the request is none of this operation's; which kind says how.
    """
    body = await _body(request, found.operation, limits)
    return await beside(len(body), lambda: _message(request, found, body))


async def _body(request: Request, operation: Operation, limits: BodyLimits) -> bytes:
    if not operation.body:
        _no_body(request)
        return b""
    must_be_json(request)
    return await read_body(request, limits)


def _message(request: Request, found: Found, body: bytes) -> Message:
    operation = found.operation
    descriptor = operation.rpc.input_type
    value = _value(body, operation)
    query = request.query_params.multi_items()
    if operation.body == _WHOLE and query:
        raise InvalidArgument(Violation(query[0][0][:128], "is no parameter here: this operation takes it in the body"))
    put_query(value, query, descriptor)
    put_variables(value, found.variables, descriptor)
    if "if-match" in request.headers:
        put_if_match(value, request.headers["if-match"], descriptor)
    return message_of(value, operation.request)


def _value(body: bytes, operation: Operation) -> dict[str, Any]:
    value = read_json(body) if body.strip() else {}
    if operation.body in ("", _WHOLE):
        return _object(value, operation.rpc.input_type)
    return {operation.body: value}


def must_be_json(request: Request) -> None:
    """Passes a body of a type that is read as JSON.

    Raises:
        UnsupportedType: it is of another.
    """
    kind = media_type(request)
    if kind not in JSON_TYPES and not kind.endswith("+json"):
        raise UnsupportedType("the body must be application/json", headers={"accept": "application/json"})


def _no_body(request: Request) -> None:
    if request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers:
        raise HttpRefusal("this operation takes no body: its parameters stand in the query", reason="BODY_UNEXPECTED")


def _object(value: Any, descriptor: Descriptor) -> dict[str, Any]:
    if not isinstance(value, dict):
        names = ", ".join(dict.fromkeys(field.name for field in by_name(descriptor).values()))
        raise InvalidArgument(Violation("", f"the body must be a JSON object with fields of {names}"))
    return value
