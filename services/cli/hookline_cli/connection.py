"""A channel to one service, with the key that goes along with every call."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from types import TracebackType
from typing import Protocol, TypeVar

import grpc
from grpc.aio import StreamStreamCall, StreamStreamMultiCallable, UnaryStreamMultiCallable, UnaryUnaryMultiCallable

from hookline_cli.failure import CliError, from_rpc, retry_delay, rich_status
from hookline_runtime.channels import open_channel
from hookline_runtime.tls.files import ClientFiles, TlsUnusable

Req = TypeVar("Req")
Res = TypeVar("Res")
Item = TypeVar("Item")


class _PageRequest(Protocol):
    page_size: int
    page_token: str


class _Page(Protocol):
    next_page_token: str


PagedReq = TypeVar("PagedReq", bound=_PageRequest)
PagedRes = TypeVar("PagedRes", bound=_Page)

_CALL_SECONDS = 30.0
_RETRY_SECONDS = 5.0


class Connection:
    """A channel to the service `server` at `address`; an asynchronous context manager.

    Errors of `answer` and `stream` are CliErrors; `open_stream` leaves them to its caller. With `tls` it believes the
    service by its files, which raise CliError where they cannot be read.
    """

    def __init__(self, server: str, address: str, api_key: str, api_appid: str, tls: ClientFiles | None = None) -> None:
        self.server = server
        self.address = address
        self.credentials = _credentials(tls) if tls else None
        self.channel = open_channel(address, self.credentials)
        self._metadata = (("api-key", api_key), ("api-appid", api_appid))

    async def __aenter__(self) -> "Connection":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.channel.close()

    async def answer(
        self, method: UnaryUnaryMultiCallable[Req, Res], request: Req, timeout: float = _CALL_SECONDS
    ) -> Res:
        """The answer to a unary call; a server that is unavailable and says when to try again is asked again."""
        give_up_at = time.monotonic() + _RETRY_SECONDS
        while True:
            try:
                return await method(request, metadata=self._metadata, timeout=timeout)
            except grpc.aio.AioRpcError as error:
                pause = retry_delay(rich_status(error)) if error.code() is grpc.StatusCode.UNAVAILABLE else None
                if pause is None or time.monotonic() + pause > give_up_at:
                    raise self.failure(error) from None
            await asyncio.sleep(pause)

    async def pages(
        self,
        method: UnaryUnaryMultiCallable[PagedReq, PagedRes],
        request: PagedReq,
        items_of: Callable[[PagedRes], Iterable[Item]],
        limit: int,
        page_size: int = 1000,
        goes_on: Callable[[PagedRes], bool] | None = None,
    ) -> tuple[list[Item], bool]:
        """Up to limit items (0: all) of a paged list, and whether there are more: request.page_token then continues.

        Where `goes_on` says no to a page, that is the last one.
        """
        items: list[Item] = []
        while True:
            request.page_size = min(page_size, limit - len(items)) if limit else page_size
            answer = await self.answer(method, request)
            items += items_of(answer)
            request.page_token = answer.next_page_token
            ended = (limit and len(items) >= limit) or (goes_on is not None and not goes_on(answer))
            if ended or not answer.next_page_token:
                return items, bool(answer.next_page_token)

    def open_stream(self, method: StreamStreamMultiCallable[Req, Res]) -> StreamStreamCall[Req, Res]:
        """A bidirectional stream; its errors are the caller's to judge."""
        return method(metadata=self._metadata)

    async def watch(self, method: UnaryStreamMultiCallable[Req, Res], request: Req) -> AsyncIterator[Res]:
        """The responses of a server stream; raises grpc.aio.AioRpcError, for the caller to judge."""
        call = method(request, metadata=self._metadata)
        try:
            async for response in call:
                yield response
        finally:
            call.cancel()

    def failure(self, error: grpc.aio.AioRpcError) -> CliError:
        """The error as a person should read it."""
        return from_rpc(error, self.server, self.address)


def _credentials(tls: ClientFiles) -> grpc.ChannelCredentials:
    # What reads certificates takes a while to import; most commands do without.
    from hookline_runtime.tls.rpc import channel_credentials

    try:
        return channel_credentials(tls)
    except TlsUnusable as error:
        raise CliError(str(error)) from None
