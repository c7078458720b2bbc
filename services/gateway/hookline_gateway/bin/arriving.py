"""Reads a request into what a bin keeps of it. Whatever comes is taken, within bounds; what is left out is marked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request

from hookline_gateway.bin.limits import BinLimits
from hookline_gateway.bin.model import Arrival, Part
from hookline_gateway.bin.verdicts import check_of, verdict_of
from hookline_gateway.bodies import BodyLimits
from hookline_runtime.signature_check import Check

NOT_KEPT = "(not kept)"
"""What stands for the value of a cookie: a browser that is signed in here sends the console's session with it."""
_COOKIE = "cookie"


@dataclass(slots=True)
class _Body:
    kept: bytes
    size: int
    complete: bool


async def arrival_of(
    request: Request, secret: str, limits: BinLimits, reading: BodyLimits, receive_time: int
) -> Arrival:
    """What came. A body is read up to the bounds of ``reading``: what is larger or slower is kept incomplete.

    Raises:
        ClientDisconnect: the sender went away before the body had come.
    """
    cut: list[Part] = []
    check = check_of(dict(request.headers), secret)
    path = _line(_raw_path(request), limits.line, "path", cut)
    query = _line(request.scope["query_string"].decode("latin-1"), limits.line, "query", cut)
    headers = _headers(request.headers.items(), limits.headers, cut)
    body = await _read(request, check, limits.body, reading)
    if body.size > len(body.kept) or not body.complete:
        cut.append("body")
    return Arrival(
        receive_time=receive_time,
        method=request.method[:64],
        path=path,
        query=query,
        headers=headers,
        body=body.kept,
        size=body.size,
        complete=body.complete,
        cut=tuple(cut),
        verdict=verdict_of(check, secret, complete=body.complete),
        timestamp=check.timestamp,
        webhook_id=request.headers.get("webhook-id", "")[:256],
    )


def _raw_path(request: Request) -> str:
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _line(text: str, most: int, part: Part, cut: list[Part]) -> str:
    if len(text) > most:
        cut.append(part)
    return text[:most]


def _headers(given: list[tuple[str, str]], most: int, cut: list[Part]) -> tuple[tuple[str, str], ...]:
    kept: list[tuple[str, str]] = []
    size = 0
    for name, value in given:
        shown = NOT_KEPT if name == _COOKIE else value
        size += len(name) + len(shown) + 4
        if size > most:
            cut.append("headers")
            break
        kept.append((name, shown))
    return tuple(kept)


async def _read(request: Request, check: Check, most: int, reading: BodyLimits) -> _Body:
    kept, size = bytearray(), 0
    try:
        async with asyncio.timeout(reading.seconds):
            async for part in request.stream():
                check.feed(part)
                size += len(part)
                kept += part[: most - len(kept)]
                if size > reading.most_bytes:
                    return _Body(bytes(kept), size, False)
    except TimeoutError:
        return _Body(bytes(kept), size, False)
    return _Body(bytes(kept), size, True)
