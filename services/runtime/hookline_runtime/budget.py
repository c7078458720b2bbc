"""So much of something that is shared, such as bytes of memory; whoever finds too little left waits in line."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque


class Budget:
    """Counts what is taken; never more than ``most``, in order of arrival."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._left = most
        self._queue: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def left(self) -> int:
        """How much can still be taken."""
        return self._left

    async def take(self, amount: int) -> int:
        """Takes ``amount``, or everything where it is more than that, as soon as there is so much; how much it was."""
        amount = min(amount, self._most)
        if not self._queue and amount <= self._left:
            self._left -= amount
            return amount
        turn = asyncio.get_running_loop().create_future()
        self._queue.append((amount, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.give_back(amount)
            else:
                with contextlib.suppress(ValueError):
                    self._queue.remove((amount, turn))
                self._admit()
            raise
        return amount

    def give_back(self, amount: int) -> None:
        """Gives back what was taken."""
        self._left += amount
        self._admit()

    def _admit(self) -> None:
        while self._queue and self._queue[0][0] <= self._left:
            amount, turn = self._queue.popleft()
            if not turn.done():
                self._left -= amount
                turn.set_result(None)
