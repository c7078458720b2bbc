"""What settles, as callers of the dispatcher see it: acks, notes, and Explain."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hookline.dispatcher.v1 import event_service_pb2 as pb
from hookline.registry.v1 import config_pb2, subscription_pb2

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.core.instants import SECOND
from tests.contract.dispatcher.fed import Fed, account_item, gone, running, subscription_item, trigger_item
from tests.contract.dispatcher.receiver import BOUND
from tests.contract.dispatcher.suite import event
from tests.unit.builtin.campaign_maps import campaign, end, entry, tag
from tests.unit.dispatcher.configs import BASIC

CAMPAIGN = config_pb2.CONFIG_KIND_CAMPAIGN
SUBSCRIPTION = config_pb2.CONFIG_KIND_SUBSCRIPTION
FULL = subscription_pb2.PAYLOAD_FORMAT_FULL
SAID = "subscription/3: it fires once its object has been quiet for 30 s"


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    async with running(tmp_path, CampaignSource()) as made:
        yield made


def settling(
    fed: Fed, seconds: float = 30, subscribed: str = "sub_tag", format_: subscription_pb2.PayloadFormat.ValueType = FULL
) -> config_pb2.ConfigItem:
    item = subscription_item(3, fed.receiver.url, subscribed)
    stored = item.subscription.subscription
    stored.settle.quiet.FromMilliseconds(round(seconds * 1000))
    stored.format, stored.content_type = format_, "application/json"
    return item


async def explained(fed: Fed, event_id: str = "e9") -> pb.ExplainResponse:
    response: pb.ExplainResponse = await fed.user.Explain(pb.ExplainRequest(event=event(event_id)))
    return response


async def test_an_event_that_settles_is_acked_without_a_delivery_and_says_why(fed: Fed) -> None:
    await fed.change(settling(fed))
    assert (await fed.publish("e1")).deliveries == 0
    shown = await fed.published("e1")
    assert shown.unmatched_reason == "the subscriptions to it settle first"
    assert list(shown.notes) == [SAID]
    assert list(shown.fired) == []
    await fed.change(gone(SUBSCRIPTION, 3))
    await fed.publish("e2")
    assert (await fed.published("e2")).unmatched_reason == "there is no subscription to sub_tag"


async def test_one_beside_it_that_does_not_settle_is_sent_at_once(fed: Fed) -> None:
    other = subscription_item(4, fed.receiver.url)
    await fed.change(settling(fed), other)
    assert (await fed.publish("e1")).deliveries == 1
    shown = await fed.published("e1")
    assert [each.target.id for each in shown.fired] == [4]
    assert (shown.unmatched_reason, list(shown.notes)) == ("", [SAID])


async def test_an_event_of_another_number_or_beyond_the_plan_says_so(fed: Fed) -> None:
    await fed.change(settling(fed, subscribed="sub_tag(77)"))
    await fed.publish("e1")
    assert list((await fed.published("e1")).notes) == []
    await fed.change(settling(fed), account_item(BASIC))
    await fed.publish("e2", object_type_id=149)
    shown = await fed.published("e2")
    assert shown.unmatched_reason == "the account's plan covers contacts only, not object type 149"
    assert list(shown.notes) == [f"subscription/3: {shown.unmatched_reason}"]


@pytest.mark.parametrize(
    "format_, told",
    [
        (subscription_pb2.PAYLOAD_FORMAT_FULL, {"id": "8", "firstname": "New", "city": "Ulm"}),
        (subscription_pb2.PAYLOAD_FORMAT_LIGHTWEIGHT, {"id": "8", "firstname": "New", "lastname": "", "email": ""}),
        (subscription_pb2.PAYLOAD_FORMAT_NOTIFY, {"id": "8"}),
    ],
)
async def test_its_payload_is_that_of_the_last_event_with_the_newest_data(
    fed: Fed, format_: subscription_pb2.PayloadFormat.ValueType, told: dict[str, str]
) -> None:
    await fed.change(settling(fed, 0.2, format_=format_))
    await fed.publish("e1", params={"tag_id": "4"}, data=b'{"firstname": "Old"}')
    await fed.publish("e2", params={"tag_id": "5"}, data=b'{"firstname": "New", "city": "Ulm"}')
    (received,) = await fed.receiver.until(1)
    body = json.loads(received.body)
    assert (body["event"], body["data"], body["webhook_id"]) == ({"type": "sub_tag", "tag_id": "5"}, told, "3")
    (delivery,) = await fed.until_all(lambda each: bool(each.settle_time.seconds))
    assert (delivery.event_id, delivery.fired_by.source, delivery.fired_by.id) == ("e2", "subscription", 3)


async def test_explain_says_until_when_it_would_wait(fed: Fed) -> None:
    await fed.change(settling(fed))
    shown = await explained(fed)
    assert list(shown.fires) == []
    (step,) = shown.steps
    assert (step.trigger.source, step.trigger.id) == ("subscription", 3)
    (waits,) = step.waits
    await fed.publish("e1")
    async with asyncio.timeout(BOUND):
        while not (await explained(fed)).steps:
            await asyncio.sleep(0.01)
    (again,) = (await explained(fed)).steps
    assert again.waits[0].until_time.ToMicroseconds() >= waits.until_time.ToMicroseconds() - SECOND


async def test_explain_says_what_the_plan_holds_back(fed: Fed) -> None:
    await fed.change(settling(fed), account_item(BASIC))
    response = await fed.user.Explain(pb.ExplainRequest(event=event("e1", object_type_id=149)))
    assert list(response.steps) == []
    assert [(each.trigger.source, each.reason) for each in response.not_fired] == [
        ("subscription", "the account's plan covers contacts only, not object type 149")
    ]


async def test_explain_names_it_among_what_an_event_would_set_off(fed: Fed) -> None:
    await fed.change(
        settling(fed, subscribed="sub_tag(6)"),
        trigger_item(5, campaign(entry("mark", 4), tag("mark", "out", 6), end()), "campaign", CAMPAIGN),
    )
    (step,) = (await explained(fed)).steps
    emits = {each.type: each for each in step.emits}
    assert [(each.source, each.id) for each in emits["sub_tag"].sets_off] == [("subscription", 3)]
