"""Which codings an answer may have: starlette looks for the word alone, also where it is refused by ``q=0``."""

from __future__ import annotations

import re
from functools import lru_cache

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware, GZipResponder, IdentityResponder
from starlette.types import Receive, Scope, Send

_NAMES = {"gzip": ("gzip", "x-gzip"), "br": ("br",)}
_REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")


class GzipWhereTaken(GZipMiddleware):
    """Starlette's compression, as ``Accept-Encoding`` asks for it (RFC 9110, section 12.5.3)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        excluded = self.exclude_content_types
        responder = (
            GZipResponder(
                self.app,
                self.minimum_size,
                compresslevel=self.compresslevel,
                thread_minimum_size=self.thread_minimum_size,
                exclude_content_types=excluded,
            )
            if takes("gzip", Headers(scope=scope).get("accept-encoding", ""))
            else IdentityResponder(self.app, self.minimum_size, exclude_content_types=excluded)
        )
        await responder(scope, receive, send)


@lru_cache(maxsize=64)  # clients write few different ones
def takes(wanted: str, accept_encoding: str) -> bool:
    """Whether the header names a coding, gzip or br, and does not refuse it."""
    for each in accept_encoding.lower().split(","):
        coding, *parameters = (part.strip() for part in each.split(";"))
        if coding in _NAMES[wanted]:
            return not any(_REFUSED.fullmatch(parameter) for parameter in parameters)
    return False
