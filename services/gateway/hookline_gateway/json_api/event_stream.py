"""Streams of answers as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).

A resume token is the id of its event, so that a browser that lost the stream sends it back as
``Last-Event-ID`` and goes on after it. A stream that fails ends with an event ``status``; one that ends
because this gateway or the service drains says nothing, and the client comes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from google.protobuf.message import Message
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from hookline_gateway.json_api.fields import by_name
from hookline_gateway.json_api.json_out import json_of
from hookline_gateway.observing import STREAM

TOKEN = "resume_token"  # noqa: S105 - the name of a field
MEDIA_TYPE = "text/event-stream"
PING_SECONDS = 15.0
_RETRY = b"retry: 1000\n\n"
_PING = b": still here\n\n"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


def event(message: Message) -> bytes:
    """One answer as an event; the id stands first, where it has one."""
    token = getattr(message, TOKEN, "") if TOKEN in by_name(message.DESCRIPTOR) else ""
    first = f"id: {token}\n".encode() if token else b""
    return first + _data(json_of(message))


def numbered_event(number: int, document: bytes) -> bytes:
    """A document as an event whose id is a number."""
    return f"id: {number}\n".encode() + _data(document)


def status_event(document: bytes) -> bytes:
    """The event that tells why the stream failed."""
    return b"event: status\n" + _data(document)


def _data(document: bytes) -> bytes:
    return b"".join(b"data: " + line + b"\n" for line in document.splitlines()) + b"\n"


class EventStream(StreamingResponse):
    """The events of ``parts``, which is closed with the answer, and a comment now and then while there are none."""

    media_type = MEDIA_TYPE

    def __init__(self, parts: AsyncIterator[bytes], draining: asyncio.Event) -> None:
        super().__init__(_kept_alive(parts, draining), headers=_HEADERS, media_type=MEDIA_TYPE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends it, as a stream whose length is no measure of anything."""
        scope[STREAM] = True
        await super().__call__(scope, receive, send)


async def _kept_alive(parts: AsyncIterator[bytes], draining: asyncio.Event) -> AsyncIterator[bytes]:
    ended = asyncio.ensure_future(draining.wait())
    following = asyncio.ensure_future(anext(parts, None))
    try:
        yield _RETRY
        while True:
            done, _ = await asyncio.wait({ended, following}, timeout=PING_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if following in done:
                part = following.result()
                if part is None:
                    return
                yield part
                following = asyncio.ensure_future(anext(parts, None))
            elif ended in done:
                return
            else:
                yield _PING
    finally:
        for task in (ended, following):
            task.cancel()
        await asyncio.gather(ended, following, return_exceptions=True)
