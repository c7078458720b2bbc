"""Finding deliveries by a text, and within a bounded time: pages that end early say how far they looked."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import pytest

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.core.instants import HOUR, SECOND
from hookline_dispatcher.core.lane import Switch
from hookline_dispatcher.core.retry import Dead
from hookline_dispatcher.store.model import DeliveryFilter, StoredDelivery
from hookline_dispatcher.store.sqlite import choice, search
from hookline_dispatcher.store.sqlite.named import read_text
from tests.unit.dispatcher_store.rig import ACCOUNT, NOW, Rig, key


async def ids(rig: Rig, which: DeliveryFilter, limit: int = 100, account: int = ACCOUNT) -> list[int]:
    """All that is found, page by page."""
    found: list[StoredDelivery] = []
    before = 0
    while True:
        page = await rig.store.deliveries(account, which, before, limit)
        found += page.deliveries
        before = page.next_before
        if not before:
            return [each.id for each in found]


async def variety(rig: Rig) -> None:
    """1 delivered; 2 dead; 3 waits in a paused lane; 4 in flight; 5 another account's; 6 repeats 2, and waits."""
    (first,) = (await rig.publish(1, object_id="mary")).claims
    await rig.deliver(first)
    (second,) = (await rig.publish(2, object_id="8", kind=3)).claims
    await rig.settle(second, Dead("the receiver said Teapot"))
    await rig.store.switch(key(3), Switch.PAUSED, "a rest")
    await rig.publish(3, object_id="mary", kind=1)
    await rig.publish(4, object_id="9")
    await rig.publish(1, object_id="mary", account=8)
    await rig.store.redeliver(ACCOUNT, 2, "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mary", [3, 1]),
        ("e2", [6, 2]),
        ("4", [4]),
        ("8", [6, 2]),
        ("TEAPOT", [2]),
        ("e5", []),
        ("5", []),
        ("nothing", []),
        ("%", []),
        ("9" * 30, []),
        ("²", []),
        ("msg_00000000" + "2", []),
    ],
)
async def test_a_text_finds_what_it_names(rig: Rig, text: str, expected: list[int]) -> None:
    await variety(rig)
    assert await ids(rig, DeliveryFilter(text=text)) == expected
    assert await ids(rig, DeliveryFilter(text=text), limit=1) == expected
    assert await ids(rig, DeliveryFilter(text=text, states=(State.DEAD,))) == [each for each in expected if each == 2]
    assert await ids(rig, DeliveryFilter(text=text, target=key(2))) == [each for each in expected if each in (2, 6)]


async def test_a_webhook_id_finds_the_delivery_and_its_redeliveries(rig: Rig) -> None:
    await variety(rig)
    text = f"msg_{rig.store.installation}2"
    assert await ids(rig, DeliveryFilter(text=text)) == [6, 2]
    assert await ids(rig, DeliveryFilter(text=text), account=8) == []


@pytest.mark.parametrize("many", [False, True])
async def test_targets_whose_url_has_the_text_are_shown_with_all_they_got(rig: Rig, many: bool) -> None:
    await variety(rig)
    others = tuple(key(number) for number in range(100, 200)) if many else ()
    which = DeliveryFilter(text="teapot", text_targets=(key(1), key(4), *others))
    assert await ids(rig, which) == [4, 2, 1]
    if many:
        for number in range(100, 160):
            await rig.publish(number)
        assert await ids(rig, which) == [*range(66, 6, -1), 4, 2, 1]


async def test_a_page_that_ran_out_of_time_says_where_and_the_next_goes_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        rig.tick(SECOND)
        await rig.publish(1, type_="sub_tag" if number else "form_submit")
    for name, value in (("FIRST_STEP", 10), ("STEP", 10)):
        monkeypatch.setattr(search, name, value)
    monkeypatch.setattr(time, "perf_counter", iter(range(100)).__next__)
    page = await rig.store.deliveries(ACCOUNT, DeliveryFilter(event_type="form_submit"), 0, 2)
    assert (page.deliveries, page.next_before, page.searched_time) == ([], 21, NOW + 21 * SECOND)
    seen = []
    while page.next_before:
        page = await rig.store.deliveries(ACCOUNT, DeliveryFilter(event_type="form_submit"), page.next_before, 2)
        seen += [each.id for each in page.deliveries]
    assert (seen, page.searched_time) == ([1], 0)


async def test_of_two_long_ways_the_shorter_one_is_taken(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "COUNTED", 2)
    for (claim,) in [(await rig.publish(1)).claims for _ in range(3)]:
        await rig.retry(claim, HOUR)
    await rig.store.switch(key(2), Switch.PAUSED, "a rest")
    for _ in range(4):
        await rig.publish(2)
    which = DeliveryFilter(states=(State.WAITING,), text="no luck")
    with closing(sqlite3.connect(rig.path)) as file:
        text = read_text(file, ACCOUNT, which, rig.store.installation)
        walks = choice.walks_of(file, ACCOUNT, which, text, (0, 1 << 62))
    assert ["delivery_by_reason" in index for index, _ in walks.along] == [True]
    assert await ids(rig, which) == [3, 2, 1]


async def test_times_are_found_without_a_walk_from_the_newest(rig: Rig) -> None:
    for _ in range(40):
        rig.tick(HOUR)
        await rig.publish(1)
    which = DeliveryFilter(since_time=NOW + 5 * HOUR, until_time=NOW + 8 * HOUR)
    assert await ids(rig, which) == [7, 6, 5]
    assert await ids(rig, DeliveryFilter(until_time=NOW)) == []
    assert await ids(rig, DeliveryFilter(since_time=NOW + 41 * HOUR)) == []
