"""Counts of elements follow their deliveries through every way in which these are fired and settled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.store.model import Claim, Firing
from hookline_dispatcher.store.routing import Cause, Counted, KeyedFiring, Post, Stepped, Turn
from hookline_dispatcher.store.sqlite import counted as behind
from tests.unit.dispatcher_store.rig import ACCOUNT, PLAIN, Rig, event, intake, key
from tests.unit.dispatcher_store.test_routes import KEY, POST, arriving, commit


async def fire(rig: Rig, times: int = 1) -> list[Claim]:
    """Deliveries of the element `send`; the claims of those that go at once."""
    await rig.store.ingest([arriving("a")])
    (route,) = (await rig.store.work(rig.clock.now(), 1)).routes
    firing = Firing(key(), PLAIN, 1, "campaign/1#send")
    keyed = tuple(KeyedFiring(f"k{number}", firing, "send") for number in range(times))
    cause = Cause(route.event_seq, intake(event("a")), keyed)
    (result,) = await rig.store.take_turns([Turn(route, steps=(Stepped(POST, "campaign", 0, None, causes=(cause,)),))])
    return list(result.claims)


async def counts(rig: Rig) -> dict[str, tuple[int, int, int]]:
    """On its way, sent and failed by element; the whole map has the empty one."""
    found = await rig.store.element_counts(KEY, ["", "send", "never"])
    return {each.element: (each.on_its_way, each.sent, each.failed) for each in found}


async def deliver(rig: Rig) -> None:
    await rig.deliver((await fire(rig))[0])


async def bury(rig: Rig) -> None:
    await rig.bury((await fire(rig))[0])


async def retry(rig: Rig) -> None:
    await rig.retry((await fire(rig))[0])


async def retry_and_deliver(rig: Rig) -> None:
    await retry(rig)
    await rig.deliver((await rig.claim())[0])


async def deliver_one_of_two(rig: Rig) -> None:
    first, second = await fire(rig, 2)
    await rig.deliver(first)
    await rig.bury(second)


async def cancel_what_waits(rig: Rig) -> None:
    await retry(rig)
    await rig.store.cancel(ACCOUNT, 1)


async def cancel_what_is_in_flight(rig: Rig) -> None:
    (claim,) = await fire(rig)
    await rig.store.cancel(ACCOUNT, claim.delivery_id)
    assert await counts(rig) == {"": (1, 0, 0), "send": (1, 0, 0)}
    await rig.retry(claim)


async def stop_in_flight(rig: Rig) -> None:
    await fire(rig)
    await rig.open()


async def stop_what_is_to_be_cancelled(rig: Rig) -> None:
    (claim,) = await fire(rig)
    await rig.store.cancel(ACCOUNT, claim.delivery_id)
    await rig.open()


async def fire_at_what_is_off(rig: Rig) -> None:
    await rig.store.switch(key(), Switch.OFF, "gone", PLAIN)
    await fire(rig)


async def switch_off_what_waits(rig: Rig) -> None:
    await retry(rig)
    await rig.store.switch(key(), Switch.OFF, "gone")
    assert await rig.store.sweep_off(10) == 1


async def repeat_what_is_dead(rig: Rig) -> None:
    await bury(rig)
    assert await rig.store.redeliver(ACCOUNT, 1, "") is not None
    assert await counts(rig) == {"": (1, 0, 0), "send": (1, 0, 0)}
    await rig.deliver((await rig.claim())[0])


async def repeat_in_vain_what_was_delivered(rig: Rig) -> None:
    await deliver(rig)
    assert await rig.store.redeliver(ACCOUNT, 1, "") is not None
    assert await counts(rig) == {"": (1, 1, 0), "send": (1, 1, 0)}
    await rig.bury((await rig.claim())[0])


async def repeat_at_what_is_off(rig: Rig) -> None:
    await bury(rig)
    await rig.store.switch(key(), Switch.OFF, "gone")
    assert await rig.store.redeliver(ACCOUNT, 1, "") is not None


ON_ITS_WAY, SENT, FAILED = (1, 0, 0), (0, 1, 0), (0, 0, 1)


@pytest.mark.parametrize(
    ("happens", "counted"),
    [
        (fire, ON_ITS_WAY),
        (deliver, SENT),
        (bury, FAILED),
        (retry, ON_ITS_WAY),
        (retry_and_deliver, SENT),
        (deliver_one_of_two, SENT),
        (cancel_what_waits, FAILED),
        (cancel_what_is_in_flight, FAILED),
        (stop_in_flight, ON_ITS_WAY),
        (stop_what_is_to_be_cancelled, FAILED),
        (fire_at_what_is_off, FAILED),
        (switch_off_what_waits, FAILED),
        (repeat_what_is_dead, SENT),
        (repeat_in_vain_what_was_delivered, SENT),
        (repeat_at_what_is_off, FAILED),
    ],
)
async def test_an_element_counts_what_becomes_of_its_deliveries(
    rig: Rig, happens: Callable[[Rig], Awaitable[object]], counted: tuple[int, int, int]
) -> None:
    await happens(rig)
    assert await counts(rig) == {"": counted, "send": counted}


@pytest.mark.parametrize("part", [1, 2, 7])
async def test_few_of_many_are_found_in_bounded_steps(rig: Rig, monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    monkeypatch.setattr(behind, "MOST_PARTS", 2)
    monkeypatch.setattr(behind, "_BOUND", behind._BOUND.replace(f"OFFSET {behind.PART - 1}", f"OFFSET {part - 1}"))
    for number in range(9):
        await rig.store.ingest([arriving(f"e{number}", object_id=str(number))])
        moves = (("here", True), *((("here", False),) if number not in (3, 8) else ()))
        await commit(rig, Stepped(Post(*KEY, 0, str(number)), "campaign", 0, None, moves=moves))
    found, after = [], 0
    for _ in range(10):
        page = await rig.store.counted(KEY, "here", Counted.WAITING, after, 2)
        found += [each.object_id for each in page.objects]
        after = page.last
        if not after:
            break
    assert (found, after) == (["3", "8"], 0)
