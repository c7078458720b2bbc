import asyncio

from hookline_registry.head import Head


async def test_waiting_ends_with_a_newer_revision() -> None:
    head = Head()
    waiting = [asyncio.create_task(head.beyond(revision, 20)) for revision in (0, 0)]
    await asyncio.sleep(0)
    head.advance(1)
    assert await asyncio.gather(*waiting) == [True, True]
    assert await head.beyond(0, 0)
    assert not await head.beyond(1, 0)


def test_it_only_grows_and_tells_each_growth_once() -> None:
    head, told = Head(), []
    head.listen(lambda: told.append(head.revision))
    for revision in (3, 2, 3, 5):
        head.advance(revision)
    assert told == [3, 5]
    assert head.revision == 5
