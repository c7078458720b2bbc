"""A bounded pool of tasks that live long: waking a parked task costs less than half of starting a new one."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Pool(Generic[T]):
    """Does ``work`` on items, at most ``size`` at once; the rest waits in order. ``work`` handles its own errors."""

    def __init__(self, work: Callable[[T], Awaitable[None]], size: int) -> None:
        self._work = work
        self._size = size
        self._waiting: deque[T] = deque()
        self._parked: list[asyncio.Future[T]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()

    @property
    def busy(self) -> int:
        """How many items are being worked on."""
        return len(self._tasks) - len(self._parked)

    @property
    def waiting(self) -> int:
        """How many items have not been begun."""
        return len(self._waiting)

    def put(self, item: T) -> None:
        """Takes an item in; its work begins at the next turn of the event loop when a task is free."""
        self._quiet.clear()
        if self._parked:
            self._parked.pop().set_result(item)
        elif len(self._tasks) < self._size:
            task = asyncio.create_task(self._serve(item))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        else:
            self._waiting.append(item)

    def take_waiting(self) -> list[T]:
        """The items that have not been begun; they are no longer the pool's."""
        items = list(self._waiting)
        self._waiting.clear()
        return items

    async def quiet(self) -> None:
        """Returns once nothing is being worked on and nothing waits."""
        await self._quiet.wait()

    async def stop(self) -> None:
        """Cancels every task, within its work or not, and returns when all have ended."""
        self._waiting.clear()
        await asyncio.sleep(0)  # so that what was put a moment ago has begun, and learns of its end
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._parked.clear()

    async def _serve(self, item: T) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._work(item)
            if self._waiting:
                item = self._waiting.popleft()
                continue
            parked: asyncio.Future[T] = loop.create_future()
            self._parked.append(parked)
            if not self.busy:
                self._quiet.set()
            item = await parked

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
