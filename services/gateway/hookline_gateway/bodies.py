"""Reads the body of a request: bounded in size and in time, and never in an encoding that nobody expects."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.requests import Request

from hookline_gateway.refusals import BodyTooLarge, BodyTooSlow, UnsupportedType


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How large a body that is read as one may be, in bytes, and how long it may take, in seconds."""

    most_bytes: int
    seconds: float


def media_type(request: Request) -> str:
    """The media type of the body in lower case, without parameters; empty where none is named."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def plain_encoding(request: Request) -> None:
    """Passes a body that is not compressed, neither as a whole nor on its way.

    Raises:
        UnsupportedType: it is.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    on_its_way = request.headers.get("transfer-encoding", "chunked").strip().lower()
    if encoding not in ("", "identity") or on_its_way != "chunked":
        raise UnsupportedType(
            "a compressed body is not read; send it without Content-Encoding", headers={"accept-encoding": "identity"}
        )


async def read_body(request: Request, limits: BodyLimits) -> bytes:
    """The whole body.

    Raises:
        BodyTooLarge: it has, or says that it has, more bytes than may be.
        BodyTooSlow: it did not come in time.
        UnsupportedType: it is compressed.
    """
    if not _has_body(request):
        return b""
    plain_encoding(request)
    said = request.headers.get("content-length", "")
    if said.isdigit() and int(said) > limits.most_bytes:
        raise _too_large(limits)
    parts = bytearray()
    try:
        async with asyncio.timeout(limits.seconds):
            async for part in request.stream():
                parts += part
                if len(parts) > limits.most_bytes:
                    raise _too_large(limits)
    except TimeoutError:
        raise BodyTooSlow(f"the body did not come within {limits.seconds:g} s") from None
    return bytes(parts)


def _has_body(request: Request) -> bool:
    # RFC 9112, section 6.3; waiting for the end of nothing takes longer than all that is done with it.
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in request.scope["headers"])


def _too_large(limits: BodyLimits) -> BodyTooLarge:
    return BodyTooLarge(f"the body has more than {limits.most_bytes} bytes")
