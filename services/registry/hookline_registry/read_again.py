"""Answers of reads that are asked for again and again, kept until the configuration changes.

Everything is forgotten when it does, by this process or (seen by the poll) by another one, as with keys. So what is
shown here is never older than what the access check goes by.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from google.protobuf.message import Message

from hookline_registry.head import Head

Answer = TypeVar("Answer", bound=Message)

MOST_BYTES = 16 << 20


class ReadAgain(Generic[Answer]):
    """Answers by account and request, those that were asked for last, within a bound on their bytes."""

    def __init__(self, head: Head, most_bytes: int = MOST_BYTES) -> None:
        self._head = head
        self._most_bytes = most_bytes
        self._size = 0
        self._kept: OrderedDict[tuple[int, bytes], tuple[Answer, int]] = OrderedDict()
        head.listen(self._forget)

    async def answer(
        self,
        account_id: int,
        request: Message,
        read: Callable[[], Awaitable[Answer]],
        lasting: Callable[[Answer], bool],
    ) -> Answer:
        """The kept answer, else what `read` gives, kept where it is `lasting`: does not change by time alone."""
        key = account_id, request.SerializeToString(deterministic=True)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept[0]
        revision = self._head.revision
        made = await read()
        if revision == self._head.revision and lasting(made):  # else a write came meanwhile and this may be old
            self._keep(key, made)
        return made

    def _keep(self, key: tuple[int, bytes], made: Answer) -> None:
        size = made.ByteSize() + len(key[1])
        self._size += size - self._kept.pop(key, (made, 0))[1]
        self._kept[key] = made, size
        while self._size > self._most_bytes:
            self._size -= self._kept.popitem(last=False)[1][1]

    def _forget(self) -> None:
        self._kept.clear()
        self._size = 0
