"""ObjectService: where a contact is, by a real campaign, and that nothing is remembered of it once it was erased."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from hookline.dispatcher.v1 import object_service_pb2 as pb
from hookline.registry.v1 import config_pb2

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.core.instants import DAY
from hookline_plugin.trigger import TriggerSource
from hookline_runtime.access import Scope
from tests.contract.dispatcher.fed import Fed, running, subscription_item, trigger_item, webhook_item
from tests.contract.dispatcher.receiver import BOUND, until
from tests.contract.dispatcher.suite import Caller
from tests.contract.registry.world import refusal
from tests.unit.builtin.campaign_maps import campaign, end, entry, goal, send, wait
from tests.unit.dispatcher.configs import ACCOUNT, api_key
from tests.unit.dispatcher.registry_stub import account_item, changes, key_item

Code = grpc.StatusCode
CAMPAIGN = config_pb2.CONFIG_KIND_CAMPAIGN
WAITING = campaign(entry("hello"), send("hello", "rest", 1), wait("rest", "out", 2), end())
GOAL = campaign(entry("there"), goal("there", "out", 9), end(), id="6")


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    # What compiles definitions with memory passes for a source; the host looks at what it gives.
    async with running(tmp_path, cast("TriggerSource", CampaignSource())) as fed:
        maps = (trigger_item(5, WAITING, "campaign", CAMPAIGN), trigger_item(6, GOAL, "campaign", CAMPAIGN))
        await fed.change(webhook_item(1, url=fed.receiver.url, data="n=1"), *maps)
        yield fed


async def enter(fed: Fed, object_id: str = "8", **more: Any) -> None:
    await fed.publish(object_id=object_id, params={"tag_id": "1"}, **more)
    async with asyncio.timeout(BOUND):
        while sum(bool(each.elements) for each in (await shown(fed, object_id)).places) < 2:
            await asyncio.sleep(0.01)


async def shown(fed: Fed, object_id: str = "8", **more: Any) -> pb.Object:
    answer: pb.GetObjectResponse = await fed.user.GetObject(pb.GetObjectRequest(object_id=object_id, **more))
    return answer.object


async def test_an_object_says_what_is_known_of_it_and_where_it_is(fed: Fed) -> None:
    await enter(fed, data=b'{"n":1}', tags=["1", "7"], object_version=3)
    found = await shown(fed)
    assert (found.object_type_id, found.object_id, found.version) == (0, "8", 3)
    assert (found.data, list(found.tags)) == (b'{"n":1}', ["1", "7"])
    first, second = found.places
    assert (first.trigger.source, first.trigger.id, list(first.elements), first.held) == (
        "campaign",
        5,
        ["rest"],
        False,
    )
    assert abs(first.until_time.ToMicroseconds() - time.time_ns() // 1000 - 2 * DAY) < DAY // 24
    assert (second.trigger.id, list(second.elements), second.HasField("until_time")) == (6, ["there"], False)
    assert (first.waiting, first.set_aside) == (0, 0)
    await fed.change(trigger_item(5, {**WAITING, "state": "CAMPAIGN_STATE_PAUSED"}, "campaign", CAMPAIGN))
    assert (await shown(fed)).places[0].held


async def test_a_subscription_that_settles_remembers_an_object(fed: Fed) -> None:
    item = subscription_item(3, fed.receiver.url)
    item.subscription.subscription.settle.quiet.FromSeconds(600)
    await fed.change(item)
    await enter(fed)
    async with asyncio.timeout(BOUND):
        while len((await shown(fed)).places) < 3:
            await asyncio.sleep(0.01)
    settling = (await shown(fed)).places[0]
    assert (settling.trigger.source, settling.trigger.id, settling.held) == ("subscription", 3, False)
    assert settling.HasField("until_time")
    assert (await fed.user.EraseObject(pb.EraseObjectRequest(object_id="8"))).memories == 3


async def test_what_was_erased_is_not_found_and_enters_anew(fed: Fed) -> None:
    await enter(fed)
    await enter(fed, "9")
    others = await shown(fed, "9")
    erased = await fed.user.EraseObject(pb.EraseObjectRequest(object_id="8"))
    assert (erased.states, erased.memories, erased.timers, erased.routes, erased.elements) == (1, 2, 1, 0, 7)
    refused = await refusal(shown(fed))
    assert (refused.code, refused.text) == (Code.NOT_FOUND, "nothing is remembered of such an object")
    assert await shown(fed, "9") == others
    assert await fed.user.EraseObject(pb.EraseObjectRequest(object_id="8")) == pb.EraseObjectResponse()
    assert {each.object_id for each in await fed.deliveries()} == {"8", "9"}
    await enter(fed)
    assert len((await shown(fed)).places) == 2


async def test_another_account_neither_sees_nor_erases(fed: Fed) -> None:
    await enter(fed)
    fed.revision = 100
    strange = (account_item(account_id=ACCOUNT + 1, revision=99), key_item(api_key("other", ACCOUNT + 1), 2, 100))
    fed.registry.say(changes(*strange, checkpoint=100))
    await until(lambda: fed.dispatcher.known_revision >= 100)
    other = Caller(fed.channel, ("api-appid", "other"), ("api-key", "secret-other"))
    assert (await refusal(other.GetObject(pb.GetObjectRequest(object_id="8")))).code is Code.NOT_FOUND
    assert await other.EraseObject(pb.EraseObjectRequest(object_id="8")) == pb.EraseObjectResponse()
    for rpc, request in (
        (other.GetObject, pb.GetObjectRequest(account_id=ACCOUNT, object_id="8")),
        (other.EraseObject, pb.EraseObjectRequest(account_id=ACCOUNT, object_id="8")),
    ):
        assert (await refusal(rpc(request))).reason == "ACCOUNT_MISMATCH"
    assert len((await shown(fed)).places) == 2


async def test_a_key_that_only_reads_erases_nothing(fed: Fed) -> None:
    await fed.change(key_item(api_key("reader", scopes=[Scope.READ]), 3))
    reader = Caller(fed.channel, ("api-appid", "reader"), ("api-key", "secret-reader"))
    refused = await refusal(reader.EraseObject(pb.EraseObjectRequest(object_id="8")))
    assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "SCOPE_MISSING")


@pytest.mark.parametrize("request_type", [pb.GetObjectRequest, pb.EraseObjectRequest])
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, ("object_id",)),
        ({"object_id": "x" * 129}, ("object_id",)),
        ({"object_id": "a\nb"}, ("object_id",)),
        ({"object_id": "\0"}, ("object_id",)),
        ({"object_id": "8", "object_type_id": -1}, ("object_type_id",)),
        ({"object_id": "8", "account_id": -1}, ("account_id",)),
    ],
)
async def test_what_is_wrong_is_told_with_its_field(
    fed: Fed, request_type: Any, fields: dict[str, Any], wrong: tuple[str, ...]
) -> None:
    request = request_type(**fields)
    rpc = getattr(fed.user, request.DESCRIPTOR.name.removesuffix("Request"))
    refused = await refusal(rpc(request))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, wrong)


async def test_names_that_would_break_out_are_only_names(fed: Fed) -> None:
    name = "8' OR '1'='1"
    await enter(fed)
    await enter(fed, name)
    assert (await fed.user.EraseObject(pb.EraseObjectRequest(object_id=name))).states == 1
    assert len((await shown(fed)).places) == 2
