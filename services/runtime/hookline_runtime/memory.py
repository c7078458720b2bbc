"""Gives memory that a burst took back to the system: the C library keeps what is free between what is in use."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Callable

SECONDS = 10.0
"""How long what is free may be kept."""


async def give_back() -> None:
    """Gives back what is free, again and again; returns where the C library has no way to."""
    trim = _trim()
    while trim is not None:
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(trim, 0)


def _trim() -> Callable[[int], int] | None:
    """The function ``malloc_trim`` of glibc; ctypes lets other threads run meanwhile."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    trim.argtypes = (ctypes.c_size_t,)
    trim.restype = ctypes.c_int
    found: Callable[[int], int] = trim
    return found
