"""Calls of the services behind the door, with a bound on their time; what fails says which service it was."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import grpc.aio
from google.rpc import code_pb2

from hookline_gateway.backends import Backends, Metadata, Name
from hookline_gateway.statuses import Failure, failure_of

Request = TypeVar("Request", contravariant=True)
Answer = TypeVar("Answer", covariant=True)


class Method(Protocol[Request, Answer]):
    """A method of a stub."""

    def __call__(self, request: Request, *, timeout: float, metadata: Any) -> Awaitable[Answer]:
        """Calls it."""


class BackendFailed(Exception):
    """A service refused, or could not be reached."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.status.message)
        self.failure = failure

    @property
    def invalid(self) -> bool:
        """Whether the service says that the request is wrong in itself."""
        return bool(self.failure.status.code == code_pb2.INVALID_ARGUMENT)

    @property
    def not_found(self) -> bool:
        """Whether the account has no such thing."""
        return bool(self.failure.status.code == code_pb2.NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Calls:
    """The services, and how long a call may take in seconds."""

    backends: Backends
    seconds: float

    async def registry(self, method: Method[Any, Any], request: object, metadata: Metadata) -> Any:
        """Calls the registry.

        Raises:
            BackendFailed: it did not answer, or refused.
        """
        return await self._call("registry", method, request, metadata)

    async def dispatcher(self, method: Method[Any, Any], request: object, metadata: Metadata) -> Any:
        """Calls the dispatcher.

        Raises:
            BackendFailed: it did not answer, or refused.
        """
        return await self._call("dispatcher", method, request, metadata)

    async def _call(self, name: Name, method: Method[Any, Any], request: object, metadata: Metadata) -> Any:
        try:
            return await method(request, timeout=self.seconds, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise BackendFailed(failure_of(error, name)) from error
