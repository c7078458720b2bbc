"""The newest committed revision that this process knows of, and waiting for a newer one.

Commits of this process are told at once; those of another process on the same database are seen by a slow poll.
"""

import asyncio
from collections.abc import Callable


class Head:
    """The newest revision; it only grows."""

    def __init__(self) -> None:
        self.revision = 0
        self._grown = asyncio.Event()
        self._listeners: list[Callable[[], None]] = []

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` at every growth, before waiters wake."""
        self._listeners.append(listener)

    def advance(self, revision: int) -> None:
        """Take in a committed revision; an older one changes nothing."""
        if revision <= self.revision:
            return
        self.revision = revision
        for listener in self._listeners:
            listener()
        grown, self._grown = self._grown, asyncio.Event()
        grown.set()

    async def beyond(self, revision: int, wait: float) -> bool:
        """Wait until a newer revision than `revision` is there, at most `wait` seconds; say whether it is."""
        if self.revision > revision:
            return True
        try:
            async with asyncio.timeout(wait):
                await self._grown.wait()
        except TimeoutError:
            return False
        return True
