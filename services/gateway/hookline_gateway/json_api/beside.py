"""Keeps the event loop free for everybody else while something large is read or written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

LARGE = 64 * 1024
"""Bytes that take longer than others should wait."""

Made = TypeVar("Made")


async def beside(size: int, make: Callable[[], Made]) -> Made:
    """What ``make`` returns or raises; made by a thread where so many bytes take longer than others should wait."""
    return await asyncio.to_thread(make) if size > LARGE else make()
