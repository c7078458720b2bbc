"""Snapshots: what a wait's end sends is no event that happened, has a name all the same, and can be looked at."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from hookline.dispatcher.v1 import campaign_stats_service_pb2 as stats_pb2
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import event_service_pb2 as pb
from hookline.registry.v1 import config_pb2

from hookline_builtin.campaign import CampaignSource
from hookline_plugin.catalogue import DEFINITION_CHANGED, TIMER_DUE
from hookline_plugin.trigger import TriggerSource
from tests.contract.dispatcher.fed import DELIVERED, Fed, running, trigger_item, webhook_item
from tests.contract.dispatcher.receiver import BOUND
from tests.contract.registry.world import refusal
from tests.unit.builtin.campaign_maps import Definition, campaign, end, entry, send, tag, wait

FIRED_BY = dpb.FiredBy(source="campaign", id=5, element="hook")


def item(definition: Definition) -> config_pb2.ConfigItem:
    return trigger_item(5, definition, "campaign", config_pb2.CONFIG_KIND_CAMPAIGN)


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    # What compiles definitions with memory passes for a source; the host looks at what it gives.
    async with running(tmp_path, cast("TriggerSource", CampaignSource())) as fed:
        await fed.change(webhook_item(1, url=fed.receiver.url, data="[First Name]"))
        yield fed


async def listed(fed: Fed, **which: Any) -> list[pb.PublishedEvent]:
    found: list[pb.PublishedEvent] = []
    token = ""
    while True:
        page = await fed.user.ListEvents(pb.ListEventsRequest(page_size=2, page_token=token, **which))
        found += page.events
        token = page.next_page_token
        if not token:
            return found


def types(events: list[pb.PublishedEvent]) -> list[str]:
    return [each.event.type for each in events]


async def enter(fed: Fed, event_id: str, **more: Any) -> None:
    await fed.publish(event_id, params={"tag_id": "1"}, tags=["1"], **more)


async def until_waiting(fed: Fed) -> None:
    """Waits until a contact waits on the map."""
    asked = stats_pb2.GetCampaignStatsRequest(campaign_id=5)
    async with asyncio.timeout(BOUND):
        while not (await fed.user.GetCampaignStats(asked)).total.waiting:
            await asyncio.sleep(0.01)


async def test_what_a_wait_sends_has_a_name_and_is_no_event_of_the_contact(fed: Fed) -> None:
    marked = campaign(
        entry("rest"), wait("rest", "mark", 1, "SECONDS"), tag("mark", "hook", 4), send("hook", "out", 1), end()
    )
    await fed.change(item(marked))
    await enter(fed, "came-in", data=b'{"firstname":"Zo\xc3\xab"}')
    (delivery,) = await fed.until_all(lambda each: each.state == DELIVERED)
    assert (delivery.event_type, delivery.fired_by) == (TIMER_DUE, FIRED_BY)
    assert [each.body.decode() for each in fed.receiver.received] == ["Zoë"]

    events = await listed(fed, object_id="8")
    happened = ["Contact_added_to_campaign", "Contact_leaves_campaign", "sub_tag", "sub_tag"]
    assert sorted(types(events)) == happened
    assert [each.event.params["tag_id"] for each in events if each.event.type == "sub_tag"] == ["4", "1"]
    assert not any(each.snapshot for each in events)
    (snapshot,) = await listed(fed, type=TIMER_DUE)
    shown = await fed.published(delivery.event_id)
    assert snapshot == shown
    assert (shown.snapshot, shown.event.type, shown.event.data) == (True, TIMER_DUE, b'{"firstname":"Zo\xc3\xab"}')
    assert [(each.delivery_id, each.fired_by) for each in shown.fired] == [(delivery.id, FIRED_BY)]
    assert sorted(types(await listed(fed, object_id="8", snapshots=True))) == [*happened, TIMER_DUE]
    assert [each.id for each in await fed.deliveries(event_type=TIMER_DUE)] == [delivery.id]
    assert not await fed.deliveries(event_type="sub_tag")


async def test_what_is_told_of_an_event_late_has_its_type_and_the_newer_data(fed: Fed) -> None:
    await fed.change(item(campaign(entry("hook"), send("hook", "out", 1), end())))
    await fed.publish("newer", params={"tag_id": "2"}, object_version=7, data=b'{"firstname":"Ann"}')
    await enter(fed, "older", object_version=6, data=b'{"firstname":"Nan"}', ordering_key="k")
    (delivery,) = await fed.until_all(lambda each: each.state == DELIVERED)
    assert [each.body for each in fed.receiver.received] == [b"Ann"]
    assert (delivery.event_type, delivery.fired_by) == ("sub_tag", FIRED_BY)
    assert [each.event.id for each in await listed(fed, type="sub_tag")] == ["older", "newer"]
    snapshot = await fed.published(delivery.event_id)
    assert (snapshot.snapshot, snapshot.event.object_version, snapshot.event.ordering_key) == (True, 7, "k")
    assert snapshot in await listed(fed, type="sub_tag", snapshots=True)


async def test_what_publishing_over_fires_says_so(fed: Fed) -> None:
    await fed.change(item(campaign(entry("rest"), wait("rest", "hook"), send("hook", "out", 1), end())))
    await enter(fed, "came-in")
    await until_waiting(fed)
    await fed.change(item(campaign(entry("hook"), send("hook", "out", 1), end(), version="2")))
    (delivery,) = await fed.until_all(lambda each: each.state == DELIVERED)
    assert delivery.event_type == DEFINITION_CHANGED
    assert DEFINITION_CHANGED not in types(await listed(fed))
    assert types(await listed(fed, type=DEFINITION_CHANGED)) == [DEFINITION_CHANGED]


async def test_a_page_is_continued_as_it_was_begun(fed: Fed) -> None:
    for number in range(3):
        await fed.publish(f"e{number}")
    first = await fed.user.ListEvents(pb.ListEventsRequest(page_size=1))
    assert types(first.events) == ["sub_tag"]
    other = pb.ListEventsRequest(page_size=1, page_token=first.next_page_token, snapshots=True)
    refused = await refusal(fed.user.ListEvents(other))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("page_token",))


@pytest.mark.parametrize("type_", [TIMER_DUE, DEFINITION_CHANGED])
async def test_nobody_publishes_a_snapshot(fed: Fed, type_: str) -> None:
    refused = await refusal(fed.publish("e1", type=type_))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("event.type",))
    refused = await refusal(fed.publish("campaign/5 data 00"))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("event.id",))
