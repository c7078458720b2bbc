"""Bounds how long choosing among records keeps others waiting, and how long it goes on in all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from hookline_gateway.refusals import Unprocessable

TURN: Final = 0.005
MOST: Final = 2.0
"""Seconds of work for one list; ten thousand records and a usual condition take some hundredths of one."""


class Turns:
    """The work of one request, on a ``clock`` in seconds that never goes back."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._all = 0.0
        self._turn = 0.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Around a piece of work."""
        began = self._clock()
        yield
        self._turn += self._clock() - began

    async def given(self) -> None:
        """Lets others have their turn where this one was long.

        Raises:
            Unprocessable: there were too many of them.
        """
        if self._turn < TURN:
            return
        self._all += self._turn
        self._turn = 0.0
        if self._all > MOST:
            raise Unprocessable("condition takes too long for so many records: ask for less at once, by ids")
        await asyncio.sleep(0)
