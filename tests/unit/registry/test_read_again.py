"""Answers that are kept: only while nothing changed, only those that last, only so many."""

from __future__ import annotations

from collections.abc import Callable

from hookline.registry.v1 import subscription_pb2 as pb

from hookline_registry.head import Head
from hookline_registry.read_again import ReadAgain

Kept = ReadAgain[pb.ListSubscriptionsResponse]


class Source:
    """Answers with how often it was asked."""

    def __init__(self) -> None:
        self.reads = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def read(self) -> pb.ListSubscriptionsResponse:
        self.reads += 1
        self.meanwhile()
        return pb.ListSubscriptionsResponse(total_size=self.reads)


async def total(kept: Kept, source: Source, account_id: int = 1, page_size: int = 50, lasting: bool = True) -> int:
    request = pb.ListSubscriptionsRequest(page_size=page_size)
    return int((await kept.answer(account_id, request, source.read, lambda _: lasting)).total_size)


async def test_an_answer_is_kept_for_its_account_and_its_request_alone() -> None:
    kept, source = Kept(Head()), Source()
    assert [await total(kept, source), await total(kept, source)] == [1, 1]
    assert [await total(kept, source, account_id=2), await total(kept, source, page_size=7)] == [2, 3]
    assert await total(kept, source) == 1


async def test_a_change_forgets_everything() -> None:
    head = Head()
    kept, source = Kept(head), Source()
    await total(kept, source)
    head.advance(1)
    assert await total(kept, source) == 2


async def test_what_was_read_while_something_changed_is_not_kept() -> None:
    head = Head()
    kept, source = Kept(head), Source()
    source.meanwhile = lambda: head.advance(1)
    assert [await total(kept, source), await total(kept, source), await total(kept, source)] == [1, 2, 2]


async def test_what_goes_by_the_clock_is_not_kept() -> None:
    kept, source = Kept(Head()), Source()
    assert [await total(kept, source, lasting=False), await total(kept, source)] == [1, 2]


async def test_the_oldest_makes_room() -> None:
    kept, source = Kept(Head(), most_bytes=8), Source()
    sizes = [await total(kept, source, page_size=size) for size in (1, 2, 1, 3, 1, 2)]
    assert sizes == [1, 2, 1, 3, 1, 4]
