"""The RPC under way that may change something: what was asked, by whom, from where."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message
from hookline.event.v1 import options_pb2

from hookline_runtime.access import Principal, current_principal

CHANGING = frozenset({options_pb2.ACCESS_MANAGE, options_pb2.ACCESS_ADMIN})
"""The access that RPCs ask for which may change something that people look after."""
REQUEST_ID = "x-request-id"
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Call:
    """An RPC under way; ``method`` is ``package.Service.Method``."""

    method: str
    request: Message
    principal: Principal
    request_id: str
    peer: str


_call: ContextVar[Call | None] = ContextVar("hookline_call", default=None)


def current_call() -> Call | None:
    """The call that is being served here, if it is one that may change something."""
    return _call.get()


def begin_call(method: str, request: Message, context: Any) -> Call:
    """Notes what is being served, for the rest of it; the interceptor does it."""
    metadata = context.invocation_metadata() or ()
    given = next((value for name, value in metadata if name == REQUEST_ID and isinstance(value, str)), "")
    call = Call(method, request, current_principal(), given[:_LONGEST], str(context.peer())[:_LONGEST])
    _call.set(call)
    return call
