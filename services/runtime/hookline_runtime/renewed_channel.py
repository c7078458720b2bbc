"""A channel of a client whose certificates are renewed while it is open.

gRPC's channels take their credentials once. So there is another channel behind this one whenever the credentials are
others than before: calls begin on the newest, those that are under way end where they began, streams among them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import grpc
import grpc.aio

Credentials = Callable[[], grpc.ChannelCredentials]
"""Gives the credentials as they are now: the same object for as long as they are the same."""
Open = Callable[[grpc.ChannelCredentials], grpc.aio.Channel]


class _Behind:
    """One of the channels; it closes itself once it was replaced and its last call has ended."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.channel = channel
        self._calls = 0
        self._replaced = False
        self._closing: asyncio.Task[None] | None = None

    def began(self, call: Any) -> None:
        self._calls += 1
        call.add_done_callback(self._ended)

    def replaced(self) -> None:
        self._replaced = True
        self._close_when_idle()

    @property
    def closed(self) -> bool:
        return self._closing is not None and self._closing.done()

    async def close(self, grace: float | None) -> None:
        await (self._closing or self.channel.close(grace))

    def _ended(self, _call: object) -> None:
        self._calls -= 1
        self._close_when_idle()

    def _close_when_idle(self) -> None:
        if self._replaced and not self._calls and self._closing is None:
            self._closing = asyncio.ensure_future(self.channel.close())


class RenewedChannel(grpc.aio.Channel):
    """Like any channel; ``credentials`` is asked at every call."""

    def __init__(self, credentials: Credentials, open_: Open) -> None:
        self._credentials = credentials
        self._open = open_
        self._shown = credentials()
        self._newest = _Behind(open_(self._shown))
        self._before: list[_Behind] = []
        self._closed = False

    @property
    def behind(self) -> _Behind:
        """The one on which calls begin now."""
        shown = self._credentials()
        if shown is not self._shown and not self._closed:
            self._before = [each for each in (*self._before, self._newest) if not each.closed]
            self._newest.replaced()
            self._newest, self._shown = _Behind(self._open(shown)), shown
        return self._newest

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self, grace: float | None = None) -> None:
        """Closes all of them."""
        self._closed = True
        await asyncio.gather(*(each.close(grace) for each in (*self._before, self._newest)))

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        """The state of the newest."""
        return self.behind.channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        """Waits on the newest."""
        await self.behind.channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        """Waits until the newest is connected."""
        await self.behind.channel.channel_ready()

    def unary_unary(self, *arguments: Any, **named: Any) -> Any:
        """Calls of one request and one answer."""
        return _Method(self, grpc.aio.Channel.unary_unary.__name__, arguments, named)

    def unary_stream(self, *arguments: Any, **named: Any) -> Any:
        """Calls that are answered by a stream."""
        return _Method(self, grpc.aio.Channel.unary_stream.__name__, arguments, named)

    def stream_unary(self, *arguments: Any, **named: Any) -> Any:
        """Calls that send a stream."""
        return _Method(self, grpc.aio.Channel.stream_unary.__name__, arguments, named)

    def stream_stream(self, *arguments: Any, **named: Any) -> Any:
        """Calls that do both."""
        return _Method(self, grpc.aio.Channel.stream_stream.__name__, arguments, named)


class _Method:
    """A method that can be called: on whichever channel is the newest then."""

    def __init__(self, renewed: RenewedChannel, kind: str, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        self._renewed = renewed
        self._made = kind, arguments, named
        self._behind: _Behind | None = None
        self._call: Any = None

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        behind = self._renewed.behind
        if behind is not self._behind:
            kind, made_of, how = self._made
            self._behind, self._call = behind, getattr(behind.channel, kind)(*made_of, **how)
        call = self._call(*arguments, **named)
        behind.began(call)
        return call
