"""Every count of a campaign through all that may become of contacts, deliveries and elements; each contact once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, cast

import grpc
import pytest
from hookline.dispatcher.v1 import campaign_stats_service_pb2 as pb
from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2, object_service_pb2
from hookline.registry.v1 import config_pb2

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.core.instants import DAY
from hookline_plugin.trigger import TriggerSource
from tests.contract.dispatcher.fed import DEAD, DELIVERED, Fed, running, trigger_item, webhook_item
from tests.contract.dispatcher.receiver import BOUND, Received
from tests.contract.registry.world import refusal
from tests.unit.builtin.campaign_maps import Definition, campaign, end, entry, send, wait

GOOD, BAD = 1, 2
"""Webhooks: one whose receiver takes everything, one that asks as ``Answers`` says."""
ERASED = 1
"""How many of the contacts of a test may be without a name."""
MAP = campaign(entry("good"), send("good", "bad", GOOD), send("bad", "rest", BAD), wait("rest", "out"), end())


class Counts(NamedTuple):
    """Of contacts."""

    reached: int = 0
    waiting: int = 0
    left: int = 0
    on_its_way: int = 0
    sent: int = 0
    failed: int = 0


def passed(contacts: int, **sending: int) -> Counts:
    """Of an element that this many came to and went on from."""
    return Counts(contacts, 0, contacts, **sending)


def item(definition: Definition) -> config_pb2.ConfigItem:
    return trigger_item(5, definition, "campaign", config_pb2.CONFIG_KIND_CAMPAIGN)


class Answers:
    """What the receiver says to the second webhook."""

    def __init__(self) -> None:
        self.status = 500

    def __call__(self, request: Received) -> tuple[int, str]:
        return (self.status if request.path.startswith("/bad") else 200), ""


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
async def fed(tmp_path: Path, answers: Answers) -> AsyncIterator[Fed]:
    # What compiles definitions with memory passes for a source; the host looks at what it gives.
    async with running(tmp_path, cast("TriggerSource", CampaignSource())) as fed:
        fed.receiver.answer = answers
        for id_, name in ((GOOD, "good"), (BAD, "bad")):
            url = f"http://127.0.0.1:{fed.receiver.port}/{name}"
            await fed.change(webhook_item(id_, url=url, data="n=1", max_retries=0))
        await fed.change(item(MAP))
        yield fed


async def shown(fed: Fed) -> dict[str, Counts]:
    """The counts by element; the whole map has none."""
    response = await fed.user.GetCampaignStats(pb.GetCampaignStatsRequest(campaign_id=5))
    every = [*response.elements, response.total]
    return {each.element_id: Counts(*(getattr(each, name) for name in Counts._fields)) for each in every}


async def until_shown(fed: Fed, expected: Mapping[str, Counts]) -> None:
    """Waits until these elements are counted so."""
    found: dict[str, Counts] = {}
    try:
        async with asyncio.timeout(BOUND):
            while (found := {name: each for name, each in (await shown(fed)).items() if name in expected}) != expected:
                await asyncio.sleep(0.01)
    except TimeoutError:
        assert found == expected
    for element, counts in expected.items():
        for name, number in counts._asdict().items():
            contacts = await contacts_of(fed, element, name)
            assert len(contacts) == number, (element, name)
            assert len({each.object_id for each in contacts if each.object_id}) >= number - ERASED


async def contacts_of(fed: Fed, element: str, name: str, size: int = 2) -> list[pb.ElementContact]:
    """The contacts behind a count, by pages; each of which tells the count itself."""
    count = pb.ContactCount.Value(f"CONTACT_COUNT_{name.upper()}")
    found: list[pb.ElementContact] = []
    token = ""
    while True:
        request = pb.ListElementContactsRequest(
            campaign_id=5, element_id=element, count=count, page_size=size, page_token=token
        )
        answer = await fed.user.ListElementContacts(request)
        found += answer.contacts
        token = answer.next_page_token
        if not token:
            assert answer.total_size == len(found)
            return found


async def enter(fed: Fed, *contacts: str) -> None:
    for contact in contacts:
        await fed.publish(object_id=contact, params={"tag_id": "1"}, tags=["1"])


async def redeliver(fed: Fed, delivery_id: int) -> None:
    await fed.user.Redeliver(delivery_service_pb2.RedeliverRequest(id=delivery_id))


async def failed_one(fed: Fed) -> int:
    """A contact whose data the second webhook could not send: the delivery."""
    await enter(fed, "8")
    (dead,) = await fed.until_all(lambda each: each.state == DEAD, states=[DEAD])
    await until_shown(fed, {"": Counts(1, 1, 0, sent=1), "bad": passed(1, failed=1), "good": passed(1, sent=1)})
    return dead.id


async def test_each_count_of_each_element_and_the_map(fed: Fed, answers: Answers) -> None:
    """Two are through, of one nothing arrived at the second webhook; whoever had something sent is sent on the map."""
    await enter(fed, "8")
    await until_shown(fed, {"bad": passed(1, failed=1)})
    answers.status = 200
    await enter(fed, "9")
    await until_shown(fed, {"bad": passed(2, sent=1, failed=1)})
    fed.receiver.gate.clear()
    await enter(fed, "10")
    await until_shown(
        fed,
        {
            "in": passed(3),
            "good": passed(3, on_its_way=1, sent=2),
            "bad": passed(3, on_its_way=1, sent=1, failed=1),
            "rest": Counts(3, 3),
            "out": Counts(),
            "": Counts(3, 3, on_its_way=1, sent=2),
        },
    )


async def test_the_map_counts_who_got_nothing_at_all_as_failed(fed: Fed) -> None:
    await fed.change(item(campaign(entry("bad"), send("bad", "out", BAD), end(), version="2")))
    await enter(fed, "8", "9")
    await until_shown(fed, {"bad": passed(2, failed=2), "out": passed(2), "": passed(2, failed=2)})


async def test_what_is_cancelled_failed(fed: Fed) -> None:
    await fed.change(webhook_item(BAD, url=f"http://127.0.0.1:{fed.receiver.port}/bad", data="n=1", max_retries=5))
    await fed.change(webhook_item(GOOD, url=fed.receiver.url, data="n=1", requests_per_minute=1))
    await enter(fed, "8", "9")
    await until_shown(fed, {"good": passed(2, on_its_way=1, sent=1)})
    waiting = [each for each in await fed.deliveries() if each.fired_by.element == "good" and each.state != DELIVERED]
    await fed.user.Cancel(delivery_service_pb2.CancelRequest(id=waiting[0].id))
    await until_shown(fed, {"good": passed(2, sent=1, failed=1)})


@pytest.mark.parametrize(("status", "expected"), [(200, passed(1, sent=1)), (500, passed(1, failed=1))])
async def test_what_is_sent_again_counts_by_the_best_that_came_of_it(
    fed: Fed, answers: Answers, status: int, expected: Counts
) -> None:
    dead = await failed_one(fed)
    answers.status = status
    fed.receiver.gate.clear()
    await redeliver(fed, dead)
    await until_shown(fed, {"bad": passed(1, on_its_way=1), "": Counts(1, 1, on_its_way=1, sent=1)})
    fed.receiver.gate.set()
    await until_shown(fed, {"bad": expected, "": Counts(1, 1, sent=1)})


async def test_what_arrived_once_stays_sent_while_it_is_sent_again_and_when_that_fails(
    fed: Fed, answers: Answers
) -> None:
    answers.status = 200
    await enter(fed, "8")
    await until_shown(fed, {"bad": passed(1, sent=1)})
    (arrived,) = [each for each in await fed.deliveries() if each.fired_by.element == "bad"]
    answers.status = 500
    fed.receiver.gate.clear()
    await redeliver(fed, arrived.id)
    again = {"on_its_way": 1, "sent": 1}
    await until_shown(fed, {"bad": passed(1, **again), "": Counts(1, 1, **again)})
    fed.receiver.gate.set()
    await fed.until_all(lambda each: each.state == DEAD, states=[DEAD])
    await until_shown(fed, {"bad": passed(1, sent=1), "": Counts(1, 1, sent=1)})


async def test_counts_outlive_events_and_deliveries(fed: Fed) -> None:
    await failed_one(fed)
    before = await shown(fed)
    store, later = fed.dispatcher._rooms.store, fed.dispatcher._rooms.clock.now() + DAY
    while await store.retain(later, later, 100):
        pass
    assert not await fed.deliveries()
    assert await shown(fed) == before
    await enter(fed, "9")
    await until_shown(fed, {"bad": passed(2, failed=2), "": Counts(2, 2, sent=2)})


async def test_an_element_that_was_removed_counts_on(fed: Fed, answers: Answers) -> None:
    """Who waited there has left it; what it sent still comes to an end."""
    fed.receiver.gate.clear()
    await enter(fed, "8")
    await until_shown(fed, {"rest": Counts(1, 1), "bad": passed(1, on_its_way=1)})
    await fed.change(item(campaign(entry("good"), send("good", "out", GOOD), end(), version="2")))
    await until_shown(fed, {"rest": passed(1), "out": passed(1), "": passed(1, on_its_way=1)})
    answers.status = 200
    fed.receiver.gate.set()
    await until_shown(fed, {"good": passed(1, sent=1), "bad": passed(1, sent=1), "": passed(1, sent=1)})
    assert list(await shown(fed)) == ["in", "good", "out", "bad", "rest", ""]


async def test_a_contact_that_is_erased_stays_counted_and_is_nowhere(fed: Fed, answers: Answers) -> None:
    """What was on its way for it still comes to an end; one that comes later by its name is another."""
    answers.status = 200
    fed.receiver.gate.clear()
    await enter(fed, "8", "9")
    await until_shown(fed, {"rest": Counts(2, 2), "bad": passed(2, on_its_way=2), "": Counts(2, 2, on_its_way=2)})
    await fed.user.EraseObject(object_service_pb2.EraseObjectRequest(object_type_id=0, object_id="8"))
    await until_shown(fed, {"rest": Counts(2, 1, 1), "": Counts(2, 1, 1, on_its_way=2)})
    fed.receiver.gate.set()
    await until_shown(fed, {"bad": passed(2, sent=2), "": Counts(2, 1, 1, sent=2)})
    await enter(fed, "8")
    await until_shown(fed, {"rest": Counts(3, 2, 1), "bad": passed(3, sent=3), "": Counts(3, 2, 1, sent=3)})


async def test_behind_a_count_stand_contacts_with_times_and_deliveries(fed: Fed) -> None:
    before = time.time_ns() // 1000
    await enter(fed, "8", "9")
    await until_shown(fed, {"rest": Counts(2, 2), "bad": passed(2, failed=2), "good": passed(2, sent=2)})
    first, second = await contacts_of(fed, "rest", "waiting")
    assert [each.object_id for each in (first, second)] == ["8", "9"]
    assert (first.object_type_id, first.waiting, first.held, first.failed) == (0, True, False, False)
    assert before <= first.since_time.ToMicroseconds() <= time.time_ns() // 1000
    assert first.until_time.ToMicroseconds() - first.since_time.ToMicroseconds() > DAY // 2
    (failed, _) = await contacts_of(fed, "bad", "failed")
    assert (failed.object_id, failed.waiting, failed.failed, failed.HasField("until_time")) == ("8", False, True, False)
    (on_map, _) = await contacts_of(fed, "", "sent")
    assert (on_map.object_id, on_map.waiting, on_map.sent) == ("8", True, True)
    assert on_map.since_time == first.since_time
    fired_by = delivery_pb2.FiredBy(source="campaign", id=5, element="bad")
    behind = await fed.deliveries(fired_by=fired_by, object_type_id=0, object_id="8")
    assert [(each.object_id, each.fired_by) for each in behind] == [("8", fired_by)]
    assert len(await fed.deliveries(fired_by=fired_by)) == 2
    assert not await fed.deliveries(fired_by=delivery_pb2.FiredBy(source="campaign", id=5))
    await fed.change(item({**MAP, "state": "CAMPAIGN_STATE_PAUSED"}))
    assert all(each.held for each in await contacts_of(fed, "rest", "waiting"))


async def test_who_is_erased_has_no_name_behind_a_count(fed: Fed) -> None:
    await failed_one(fed)
    await fed.user.EraseObject(object_service_pb2.EraseObjectRequest(object_type_id=0, object_id="8"))
    (erased,) = await contacts_of(fed, "bad", "failed")
    assert (erased.object_id, erased.failed) == ("", True)
    assert not await contacts_of(fed, "rest", "waiting")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "count"),
        ({"count": 7}, "count"),
        ({"count": 1, "page_size": 1001}, "page_size"),
        ({"count": 1, "page_token": "x"}, "page_token"),
        ({"count": 1, "element_id": "x" * 129}, "element_id"),
    ],
)
async def test_contacts_that_cannot_be_asked_for(fed: Fed, asked: dict[str, int | str], field: str) -> None:
    request = pb.ListElementContactsRequest(campaign_id=5, **asked)  # type: ignore[arg-type]  # by name
    refused = await refusal(fed.user.ListElementContacts(request))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, (field,))


@pytest.mark.parametrize("named", [{}, {"source": "campaign"}, {"id": 5}, {"source": "a\n", "id": 5}])
async def test_what_fired_deliveries_must_be_named(fed: Fed, named: dict[str, Any]) -> None:
    request = delivery_service_pb2.ListDeliveriesRequest(fired_by=delivery_pb2.FiredBy(**named))
    refused = await refusal(fed.user.ListDeliveries(request))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("fired_by",))


async def test_who_comes_again_counts_once(fed: Fed, answers: Answers) -> None:
    answers.status = 200
    again = campaign(entry("bad"), send("bad", "out", BAD), end(), reentry_allowed=True, version="2")
    await fed.change(item(again))
    for times in range(1, 4):
        await enter(fed, "8")
        await fed.until_all(lambda each: each.state == DELIVERED, times)
    await until_shown(fed, {"in": passed(1), "bad": passed(1, sent=1), "out": passed(1), "": passed(1, sent=1)})


async def test_elements_that_were_removed_come_in_pages(fed: Fed) -> None:
    names = [f"gone-{number:02}" for number in range(7)]
    sends = [send(name, after, GOOD) for name, after in zip(names, [*names[1:], "out"], strict=True)]
    await fed.change(item(campaign(entry(names[0]), *sends, end(), version="2")))
    await enter(fed, "8")
    await until_shown(fed, {"out": passed(1)})
    await fed.change(item(campaign(entry("a-new"), send("a-new", "out", GOOD), end(), version="3")))
    pages: list[list[str]] = []
    token = ""
    while token or not pages:
        request = pb.GetCampaignStatsRequest(campaign_id=5, page_size=3, page_token=token)
        answer = await fed.user.GetCampaignStats(request)
        pages.append([each.element_id for each in answer.elements])
        assert answer.total.reached == 1
        token = answer.next_page_token
    assert pages == [["in", "a-new", "out", *names[:3]], names[3:6], names[6:]]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"page_size": -1}, "page_size"),
        ({"page_size": 1001}, "page_size"),
        ({"page_token": "x"}, "page_token"),
        ({"page_token": "y" * 513}, "page_token"),
    ],
)
async def test_a_page_that_cannot_be(fed: Fed, asked: dict[str, int | str], field: str) -> None:
    request = pb.GetCampaignStatsRequest(campaign_id=5, **asked)  # type: ignore[arg-type]  # by name
    refused = await refusal(fed.user.GetCampaignStats(request))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, (field,))
