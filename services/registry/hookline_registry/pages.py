"""A page of a list: as many items as were asked for, or as fit one message."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from google.protobuf.message import Message

from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.paging import UNREADABLE, decode_token, encode_token, page_size

MAX_BYTES = 2 << 20
"""A page ends before the item that would bring it beyond this size, if it holds any: one item may be larger, and is
still below gRPC's usual limit for one message."""
_READ = 50
_IDS = range(2**63)


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


Stored = TypeVar("Stored", bound=_Numbered)
Shown = TypeVar("Shown", bound=Message)


@dataclass(frozen=True, slots=True)
class Page(Generic[Shown]):
    """The items, and the token of the page after them; empty on the last one."""

    items: list[Shown]
    next_token: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A page as its caller asked for it; a token is good for the same filter only."""

    size: int
    token: str
    filter: Mapping[str, int | str]

    def after(self) -> int:
        """Give the id that the page comes after; -1 for the first page.

        Raises InvalidArgument at page_token.
        """
        place = decode_token(self.token, self.filter)
        if place is None:
            return -1
        if len(place) != 1 or not isinstance(place[0], int) or place[0] not in _IDS:
            raise InvalidArgument(Violation("page_token", UNREADABLE))
        return place[0]

    async def skipping(self, skip: Callable[[int], Awaitable[int]]) -> "Asked":
        """Give the page that comes so much later: `skip` gives the id of the last one left out, after another.

        Raises InvalidArgument at page_token.
        """
        last = await skip(self.after())
        return self if last < 0 else replace(self, token=encode_token(self.filter, [last]))


async def collect(
    asked: Asked,
    read: Callable[[int, int], Awaitable[list[Stored]]],
    show: Callable[[Stored], Shown],
) -> Page[Shown]:
    """Gather a page; `read` gives at most so many stored values (second) with ids after one (first), by id.

    Raises InvalidArgument at page_token.
    """
    after, size, wanted = asked.after(), 0, page_size(asked.size)
    shown: list[Shown] = []
    while True:
        limit = min(wanted - len(shown), _READ)
        rows = await read(after, limit + 1)
        for row in rows[:limit]:
            item = show(row)
            size += item.ByteSize()
            if shown and size > MAX_BYTES:
                return Page(shown, encode_token(asked.filter, [after]))
            shown.append(item)
            after = row.id
            if len(shown) == wanted:
                more = row is not rows[-1]
                return Page(shown, encode_token(asked.filter, [after]) if more else "")
        if len(rows) <= limit:
            return Page(shown, "")
