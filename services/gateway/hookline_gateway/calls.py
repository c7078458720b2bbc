"""The one way of calling the services behind the door: as its caller, bounded in time, failing in our own words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import grpc.aio
import structlog

from hookline_gateway.backends import Backends, Metadata, Name
from hookline_gateway.refusals import TooSlow
from hookline_gateway.statuses import CallFailed
from hookline_runtime.calls import REQUEST_ID

Request = TypeVar("Request", contravariant=True)
Answer = TypeVar("Answer", covariant=True)


class Method(Protocol[Request, Answer]):
    """A method with one answer: that of a stub, or one made from a channel."""

    def __call__(self, request: Request, *, timeout: float, metadata: Any) -> Awaitable[Answer]:
        """Calls it."""


class Streaming(Protocol[Request]):
    """A method with a stream of answers."""

    def __call__(self, request: Request, *, metadata: Any) -> Any:
        """Calls it."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The services, and how long a call may take until its answer, or the first of several, in seconds."""

    backends: Backends
    seconds: float

    async def registry(self, method: Method[Any, Any], request: object, metadata: Metadata) -> Any:
        """Calls the registry.

        Raises:
            CallFailed: it did not answer, or refused.
        """
        return await self.one("registry", method, request, metadata)

    async def dispatcher(self, method: Method[Any, Any], request: object, metadata: Metadata) -> Any:
        """Calls the dispatcher.

        Raises:
            CallFailed: it did not answer, or refused.
        """
        return await self.one("dispatcher", method, request, metadata)

    async def one(self, service: Name, method: Method[Any, Any], request: object, metadata: Metadata) -> Any:
        """The answer of a method with one.

        Raises:
            CallFailed: it was refused, or the service is away.
        """
        try:
            # gRPC makes one of a tuple, too, after a look at its type that takes longer than making it.
            told = grpc.aio.Metadata(*metadata, *_request_id())
            return await method(request, timeout=self.seconds, metadata=told)
        except grpc.aio.AioRpcError as error:
            raise CallFailed(service, error) from error

    async def many(
        self, service: Name, method: Streaming[Any], request: object, metadata: Metadata
    ) -> AsyncIterator[Any]:
        """The answers of a method with a stream of them; leaving it ends the call.

        Raises:
            CallFailed: it was refused, or broke off.
            TooSlow: not even the first answer came in time.
        """
        call = method(request, metadata=metadata)
        try:
            answer = await self._first(call)
            while answer is not grpc.aio.EOF:
                yield answer
                answer = await call.read()
        except grpc.aio.AioRpcError as error:
            raise CallFailed(service, error) from error
        finally:
            call.cancel()

    async def _first(self, call: Any) -> Any:
        try:
            async with asyncio.timeout(self.seconds):
                return await call.read()
        except TimeoutError:
            raise TooSlow("the answer took too long") from None


def _request_id() -> Metadata:
    """The id of the HTTP request that is being answered, by which logs of all services can be joined."""
    given = structlog.contextvars.get_contextvars().get("request_id")
    return ((REQUEST_ID, given),) if given else ()
