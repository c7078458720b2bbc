"""Subscriptions that settle: numbers, order, events that are gone, and many at once."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.routing import ObjectKey
from tests.unit.dispatcher.configs import (
    ACCOUNT,
    trigger_row,
)
from tests.unit.dispatcher.settle_rig import (
    CONTACT,
    SUBSCRIPTION,
    SettleRig,
)


@pytest.fixture
async def subscribed(tmp_path: Path) -> AsyncIterator[SettleRig]:
    made = SettleRig(tmp_path / "dispatcher.db", kind=SUBSCRIPTION)
    await made.open()
    yield made
    await made.store.close()


async def test_a_subscription_to_every_number_sends_the_last_event(subscribed: SettleRig) -> None:
    await subscribed.settle()
    for tag_id in ("4", "5", "4", "6"):
        subscribed.published += 1
        event = Event(ACCOUNT, f"e{subscribed.published}", "sub_tag", 0, "8", b'{"n":1}', {"tag_id": tag_id})
        await subscribed.ingest.publish([Publication(event, b"")])
    await subscribed.work()
    await subscribed.later()
    assert [claim.event.params for claim in subscribed.claims] == [{"tag_id": "6"}]


async def test_a_subscription_is_told_of_its_own_number_alone(subscribed: SettleRig) -> None:
    await subscribed.settle(number="5")
    await subscribed.happen(1)
    assert (await subscribed.notes("e1")) == ["there is no subscription to sub_tag"]
    await subscribed.later()
    assert subscribed.sent == []


async def test_another_account_s_events_are_none_of_its_business(subscribed: SettleRig) -> None:
    await subscribed.settle()
    event = Event(ACCOUNT + 1, "e1", "sub_tag", 0, "8", b"{}", {"tag_id": "4"})
    await subscribed.ingest.publish([Publication(event, b"")])
    await subscribed.later()
    assert subscribed.claims == []


async def test_an_ordered_subscription_keeps_the_order_of_what_was_sent(subscribed: SettleRig) -> None:
    await subscribed.settle(policy=LanePolicy(ordered=True))
    for n in (1, 2):
        await subscribed.tell(n, ordering_key="k")
        await subscribed.later()
    rows = await subscribed.deliveries()
    assert [each.event_id for each in rows] == ["e1", "e2"]
    claimed = [claim.event.id for claim in (await subscribed.store.claim(10)).claims]
    assert [claim.event.id for claim in subscribed.claims] + claimed == ["e1"], "one of a key at a time"


async def test_an_event_that_is_gone_leaves_its_type_and_number(subscribed: SettleRig) -> None:
    await subscribed.settle(number="4")
    await subscribed.tell(1)
    with closing(sqlite3.connect(subscribed.path)) as file, file:
        file.execute("DELETE FROM event")
    await subscribed.later()
    assert subscribed.sent == [("8", 1)]
    assert (subscribed.claims[0].event.type, subscribed.claims[0].event.params) == ("sub_tag", {"tag_id": "4"})


async def test_events_that_definitions_emit_settle_too(subscribed: SettleRig) -> None:
    emitting = trigger_row(1, "counting", {"on": "purchase_product", "emits": "sub_tag"}, kind=ItemKind.TRIGGER)
    await subscribed.configure(subscribed.row(), emitting)
    await subscribed.tell(1, type_="purchase_product")
    await subscribed.later()
    sent = [claim.event for claim in subscribed.claims if claim.target.kind == 1]
    assert [(event.type, event.params) for event in sent] == [("sub_tag", {"tag_id": "9"})]


async def test_an_account_where_nothing_settles_any_more_keeps_no_state_of_objects(subscribed: SettleRig) -> None:
    await subscribed.settle()
    await subscribed.settle(0)
    await subscribed.happen(1, "9")
    assert await subscribed.store.objects([ObjectKey(ACCOUNT, CONTACT, "9")]) == {}


async def test_many_that_are_left_all_come(subscribed: SettleRig) -> None:
    await subscribed.settle()
    for number in range(600):
        await subscribed.tell(number, str(number))
    await subscribed.settle(0)
    await subscribed.work()
    assert sorted(int(each.object_id) for each in await subscribed.deliveries()) == list(range(600))
