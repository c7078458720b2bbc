"""The RPCs behind the operations, each by a callable that is made from the descriptors once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from google.protobuf.message import Message

from hookline_gateway.backends import Metadata
from hookline_gateway.calls import Calls
from hookline_gateway.json_api.operations import Operation


class Rpcs:
    """Calls operations by their paths: no stub is needed for them."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._made: dict[str, Any] = {}

    async def one(self, operation: Operation, message: Message, keys: Metadata) -> Message:
        """The answer of an RPC with one.

        Raises:
            CallFailed: it was refused, or the service is away.
        """
        answer: Message = await self._calls.one(operation.backend, self._method(operation), message, keys)
        return answer

    def many(self, operation: Operation, message: Message, keys: Metadata) -> AsyncIterator[Message]:
        """The answers of an RPC with a stream of them; leaving it ends the RPC.

        Raises:
            CallFailed: it was refused, or broke off.
        """
        return self._calls.many(operation.backend, self._method(operation), message, keys)

    def _method(self, operation: Operation) -> Any:
        made = self._made.get(operation.path)
        if made is None:
            channel = self._calls.backends.of(operation.backend)
            make = channel.unary_stream if operation.streams else channel.unary_unary
            made = make(operation.path, operation.request.SerializeToString, operation.response.FromString)
            self._made[operation.path] = made
        return made
