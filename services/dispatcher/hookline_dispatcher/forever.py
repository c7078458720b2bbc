"""Work that has to go on: a bug in it is logged, and it begins again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

PAUSE = 1.0

_log = structlog.get_logger(__name__)


async def forever(run: Callable[[], Awaitable[None]]) -> None:
    """Runs until ``run`` returns; what it raises is logged with its traceback, and a second later it is run again."""
    while True:
        try:
            return await run()
        except Exception:
            _log.exception("background work failed, beginning again", work=getattr(run, "__qualname__", ""))
        await asyncio.sleep(PAUSE)
