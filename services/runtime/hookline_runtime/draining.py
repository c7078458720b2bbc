"""How long streams end when the server drains."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

from hookline_runtime.errors import Unavailable

T = TypeVar("T")

RETRY_SECONDS = 1.0


def draining_error() -> Unavailable:
    """What a long stream ends with once the server drains."""
    return Unavailable("the server is draining", RETRY_SECONDS, reason="DRAINING")


async def until_draining(
    source: AsyncIterator[T], draining: asyncio.Event, other_end: asyncio.Future[None] | None = None
) -> AsyncGenerator[T, None]:
    """What ``source`` yields, until ``draining`` is set; its next item is then cancelled where it waits.

    ``other_end`` ends it as well, with the error that it is done with; the caller's it remains.

    A generator is closed at the end, however that comes. Fit for streams that lose nothing by it, such as a watch that
    the caller resumes.

    Raises:
        Unavailable: the server drains.
    """
    end = asyncio.ensure_future(draining.wait())
    item: asyncio.Future[T] | None = None
    try:
        while True:
            item = asyncio.ensure_future(anext(source))
            ends = (end,) if other_end is None else (end, other_end)
            await asyncio.wait((item, *ends), return_when=asyncio.FIRST_COMPLETED)
            if end.done():
                raise draining_error()
            if other_end is not None and other_end.done():
                other_end.result()
            try:
                yield item.result()
            except StopAsyncIteration:
                return
    finally:
        end.cancel()
        if item is not None:
            await _settled(item)
        if isinstance(source, AsyncGenerator):
            await source.aclose()


async def _settled(item: asyncio.Future[T]) -> None:
    """Sees to it that a task is over, and that nobody complains about a result that nobody wants."""
    if not item.done():
        item.cancel()
        await asyncio.wait((item,))
    if not item.cancelled():
        item.exception()
