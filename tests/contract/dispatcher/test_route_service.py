"""RouteService: what a definition failed on six times is seen, told again in order, or dropped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from hookline.dispatcher.v1 import route_service_pb2 as pb
from hookline.registry.v1 import config_pb2

from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.routes import retrying
from hookline_plugin.trigger import TriggerSource
from tests.contract.dispatcher.fed import Fed, gone, running, trigger_item, webhook_item
from tests.contract.dispatcher.receiver import BOUND, until
from tests.contract.dispatcher.suite import Caller
from tests.contract.registry.world import refusal
from tests.unit.dispatcher.configs import ACCOUNT, api_key
from tests.unit.dispatcher.counting_source import CountingSource
from tests.unit.dispatcher.registry_stub import account_item, changes, key_item

Code = grpc.StatusCode
TRIGGER = config_pb2.CONFIG_KIND_TRIGGER


@pytest.fixture
async def fed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Fed]:
    monkeypatch.setattr(retrying, "FIRST_PAUSE", SECOND // 1000)
    # What compiles definitions with memory passes for a source; the host looks at what it gives.
    sources = (CountingSource(), CountingSource("other"))
    async with running(tmp_path, *cast("tuple[TriggerSource, ...]", sources)) as fed:
        await fed.change(webhook_item(1, url=fed.receiver.url, data="n=1"))
        yield fed


async def broken(fed: Fed, id_: int = 1, source: str = "counting", object_id: str = "8") -> None:
    await fed.change(trigger_item(id_, {"broken": object_id}, source, TRIGGER))


async def listed(fed: Fed, **which: Any) -> list[pb.Route]:
    return list((await fed.user.ListRoutes(pb.ListRoutesRequest(**which))).routes)


async def aside(fed: Fed, number: int, **which: Any) -> list[pb.Route]:
    """The routes, once there are that many."""
    async with asyncio.timeout(BOUND):
        while len(found := await listed(fed, **which)) != number:
            await asyncio.sleep(0.01)
    return found


async def repeat(fed: Fed, source: str = "counting", definition_id: int = 1) -> int:
    asked = pb.RepeatRoutesRequest(source=source, definition_id=definition_id)
    return int((await fed.user.RepeatRoutes(asked)).count)


async def test_what_was_set_aside_says_of_what_and_why(fed: Fed) -> None:
    await broken(fed)
    await fed.publish("e1")
    (route,) = await aside(fed, 1)
    assert (route.trigger.source, route.trigger.id) == ("counting", 1)
    assert (route.object_type_id, route.object_id, route.kind) == (0, "8", pb.ROUTE_KIND_EVENT)
    assert (route.event_id, route.event_type, route.attempts) == ("e1", "sub_tag", 6)
    assert (route.reason, route.HasField("due_time")) == ("it failed with ValueError", False)
    assert route.create_time.ToMicroseconds() <= route.set_aside_time.ToMicroseconds()


async def test_all_of_a_definition_are_told_again_in_order(fed: Fed) -> None:
    await broken(fed)
    await broken(fed, 2, "other")
    for number in range(1, 4):
        await fed.publish(f"e{number}")
        await aside(fed, 2 * number)
    await fed.change(trigger_item(1, {}, "counting", TRIGGER))
    assert await repeat(fed) == 3
    await fed.receiver.until(1)  # upon the third
    (delivery,) = await fed.deliveries()
    assert (delivery.event_id, delivery.fired_by.element) == ("e3", "third")
    assert {each.trigger.source for each in await listed(fed)} == {"other"}
    assert await repeat(fed) == 0


async def test_one_is_told_again_and_fails_again(fed: Fed) -> None:
    await broken(fed)
    await fed.publish("e1")
    (route,) = await aside(fed, 1)
    await fed.user.RepeatRoute(pb.RepeatRouteRequest(id=route.id))
    (again,) = await aside(fed, 1)
    async with asyncio.timeout(BOUND):
        while again.set_aside_time == route.set_aside_time:
            await asyncio.sleep(0.01)
            (again,) = await aside(fed, 1)
    assert (again.id, again.attempts) == (route.id, 6)


async def test_one_is_dropped_and_never_told(fed: Fed) -> None:
    await broken(fed)
    for number in (1, 2):
        await fed.publish(f"e{number}")
        await aside(fed, number)
    first, second = await listed(fed)
    await fed.user.DropRoute(pb.DropRouteRequest(id=first.id))
    assert [each.id for each in await listed(fed)] == [second.id]
    for rpc, request in (
        (fed.user.DropRoute, pb.DropRouteRequest(id=first.id)),
        (fed.user.RepeatRoute, pb.RepeatRouteRequest(id=first.id)),
    ):
        refused = await refusal(rpc(request))
        assert (refused.code, refused.text) == (Code.NOT_FOUND, "no such route is set aside")


async def test_pages_and_filters(fed: Fed) -> None:
    await broken(fed, 1, object_id="é" * 128)
    await broken(fed, 2, "other", object_id="é" * 128)
    for number in range(1, 4):
        await fed.publish(f"e{number}", object_id="é" * 128)
        await aside(fed, 2 * number)
    whole = await listed(fed)
    keys = [(each.trigger.id, each.object_id, each.id) for each in whole]
    assert keys == sorted(keys)
    filters: list[dict[str, Any]] = [
        {"source": name, "definition_id": id_} for name, id_ in (("other", 2), ("counting", 1))
    ]
    for which in ({}, *filters):
        found: list[pb.Route] = []
        token = ""
        while token or not found:
            page = await fed.user.ListRoutes(pb.ListRoutesRequest(page_size=2, page_token=token, **which))
            found += page.routes
            token = page.next_page_token
        assert found == [each for each in whole if not which or each.trigger.source == which["source"]]
    for absent in ({"source": "counting", "definition_id": 2}, {"source": "counting"}, {"source": "absent"}):
        assert await listed(fed, **absent) == []
    first = (await fed.user.ListRoutes(pb.ListRoutesRequest(page_size=1))).next_page_token
    refused = await refusal(listed(fed, source="other", definition_id=2, page_token=first))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("page_token",))


async def test_with_its_definition_goes_what_was_set_aside(fed: Fed) -> None:
    await broken(fed)
    await fed.publish("e1")
    await aside(fed, 1)
    await fed.change(gone(TRIGGER, 1))
    await aside(fed, 0)
    refused = await refusal(repeat(fed))
    assert (refused.code, refused.text) == (Code.NOT_FOUND, "no such definition")


async def test_another_account_sees_and_changes_nothing(fed: Fed) -> None:
    await broken(fed)
    await fed.publish("e1")
    (route,) = await aside(fed, 1)
    fed.revision = 100
    strange = (account_item(account_id=ACCOUNT + 1, revision=99), key_item(api_key("other", ACCOUNT + 1), 2, 100))
    fed.registry.say(changes(*strange, checkpoint=100))
    await until(lambda: fed.dispatcher.known_revision >= 100)
    other = Caller(fed.channel, ("api-appid", "other"), ("api-key", "secret-other"))
    assert list((await other.ListRoutes(pb.ListRoutesRequest())).routes) == []
    for asked in (
        other.RepeatRoute(pb.RepeatRouteRequest(id=route.id)),
        other.DropRoute(pb.DropRouteRequest(id=route.id)),
        other.RepeatRoutes(pb.RepeatRoutesRequest(source="counting", definition_id=1)),
    ):
        assert (await refusal(asked)).code is Code.NOT_FOUND
    assert await listed(fed) == [route]


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        (pb.ListRoutesRequest(definition_id=1), ("source",)),
        (pb.ListRoutesRequest(definition_id=-1), ("definition_id",)),
        (pb.ListRoutesRequest(source="x" * 65), ("source",)),
        (pb.ListRoutesRequest(source="a\nb"), ("source",)),
        (pb.ListRoutesRequest(page_token="x" * 1025), ("page_token",)),
        (pb.RepeatRouteRequest(), ("id",)),
        (pb.RepeatRouteRequest(id=-1), ("id",)),
        (pb.RepeatRoutesRequest(), ("source",)),
        (pb.RepeatRoutesRequest(source="a\0"), ("source",)),
        (pb.RepeatRoutesRequest(source="counting", definition_id=-1), ("definition_id",)),
        (pb.DropRouteRequest(), ("id",)),
        (pb.DropRouteRequest(account_id=-1, id=1), ("account_id",)),
    ],
    ids=str,
)
async def test_what_is_wrong_is_told_with_its_field(fed: Fed, request_: Any, fields: tuple[str, ...]) -> None:
    rpc = getattr(fed.user, request_.DESCRIPTOR.name.removesuffix("Request"))
    refused = await refusal(rpc(request_))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, fields)
