"""Explain: what an event would fire, and why not more, without storing or sending anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import event_service_pb2 as pb

from hookline_runtime.access import Scope
from tests.contract.dispatcher.fed import (
    SUBSCRIPTION,
    WEBHOOK,
    Fed,
    running,
    subscription_item,
    trigger_item,
    webhook_item,
)
from tests.contract.dispatcher.suite import Caller, event
from tests.contract.registry.world import refusal
from tests.unit.dispatcher.configs import api_key
from tests.unit.dispatcher.registry_stub import key_item
from tests.unit.dispatcher.toy_source import toy


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    async with running(tmp_path) as fed:
        yield fed


async def explained(fed: Fed, **more: Any) -> pb.ExplainResponse:
    response: pb.ExplainResponse = await fed.user.Explain(pb.ExplainRequest(event=event("e1", **more)))
    return response


async def test_what_is_shown_is_what_would_be_sent(fed: Fed) -> None:
    headers = [{"name": "X-Key", "value": "hunter2"}]
    await fed.change(
        webhook_item(1, url=fed.receiver.url + "&n=[First Name]", data="a=[Email|none]", headers=headers),
        subscription_item(3, fed.receiver.url),
        trigger_item(7, toy((1, "success"))),
        trigger_item(8, toy(why_not="the tag is not 5")),
        trigger_item(9, toy((1, ""), raises="value")),
        trigger_item(10, toy((1, ""), on=[("unsub_tag", None, None)])),
    )
    at = Timestamp(seconds=1_790_942_400)  # the body says it
    shown = await explained(fed, occurred_time=at)
    assert [(each.target.kind, each.target.id) for each in shown.fires] == [(SUBSCRIPTION, 3), (WEBHOOK, 1)]
    assert (shown.event.id, shown.unmatched_reason, shown.left_out) == ("e1", "", 0)
    assert [(each.trigger.source, each.trigger.id, each.reason) for each in shown.not_fired] == [
        ("global_rule", 8, "the tag is not 5"),
        ("global_rule", 9, "it failed with ValueError"),
    ]
    assert [(each.trigger.source, each.trigger.id, each.reason) for each in shown.unconcerned] == [
        ("global_rule", 10, "it waits for unsub_tag"),
    ]
    assert (shown.fires[1].fired_by.id, shown.fires[1].fired_by.element) == (7, "success")
    listed = await fed.user.ListEvents(pb.ListEventsRequest())
    assert (list(listed.events), await fed.deliveries(), fed.receiver.received) == ([], [], [])
    await fed.publish("e1", occurred_time=at)
    sent = {request.path: request for request in await fed.receiver.until(2)}
    for each in shown.fires:
        real = sent["/" + each.request.url.split("/", 3)[3]]
        assert (each.request.method, each.request.body) == (real.method, real.body)
        kept = {header.name: header.value for header in each.request.headers}
        assert (kept["webhook-signature"], kept["content-type"]) == ("***", real.headers["content-type"])
        assert kept.get("x-key") in (None, "***")


async def test_what_cannot_be_rendered_says_why(fed: Fed) -> None:
    await fed.change(
        webhook_item(1, url="http://[Email].example/", data="a=1"),
        webhook_item(2, url="http://r.example/", data="x", content_type="application/x-none"),
        trigger_item(7, toy((1, ""), (2, ""), (3, ""))),
    )
    shown = await explained(fed, data=b'{"email":"no host/"}')
    assert [each.HasField("request") for each in shown.fires] == [False, False]
    assert all(each.unrendered_reason for each in shown.fires)
    assert [each.reason for each in shown.not_fired] == ["there is no webhook 3"]
    assert shown.unmatched_reason == "there is no subscription to sub_tag"


async def test_bodies_and_requests_are_bounded(fed: Fed) -> None:
    text = "x" * 60_000 + "[First Name]"
    await fed.change(
        webhook_item(1, url="http://r.example/", data=text, content_type="text/plain"),
        *(trigger_item(id_, toy(*[(1, "")] * 100)) for id_ in range(1, 13)),
    )
    shown = await explained(fed, data=b'{"firstname":"' + b"y" * 10_000 + b'"}')
    assert (len(shown.fires), shown.left_out) == (1000, 200)
    rendered = [each for each in shown.fires if each.HasField("request")]
    assert {(len(each.request.body), each.body_cut) for each in rendered} == {(65_536, True)}
    assert len(rendered) == 32
    assert shown.fires[32].unrendered_reason
    assert shown.ByteSize() < 4 * 1024 * 1024


async def test_it_asks_for_the_scope_to_read_and_for_a_good_event(fed: Fed) -> None:
    publisher = key_item(api_key("publisher", scopes=[Scope.PUBLISH]), 2)
    reader = key_item(api_key("reader", scopes=[Scope.READ]), 3)
    await fed.change(publisher, reader)
    callers = {
        name: Caller(fed.channel, ("api-appid", name), ("api-key", f"secret-{name}"))
        for name in ("publisher", "reader")
    }
    refused = await refusal(callers["publisher"].Explain(pb.ExplainRequest(event=event())))
    assert (refused.code, refused.reason) == (grpc.StatusCode.PERMISSION_DENIED, "SCOPE_MISSING")
    assert (await callers["reader"].Explain(pb.ExplainRequest(event=event()))).event.id
    bad = await refusal(callers["reader"].Explain(pb.ExplainRequest(event=event(type="nonsense", data=b"["))))
    assert (bad.code, set(bad.fields)) == (grpc.StatusCode.INVALID_ARGUMENT, {"event.type", "event.data"})
    other = await refusal(callers["reader"].Explain(pb.ExplainRequest(event=event(account_id=8))))
    assert other.reason == "ACCOUNT_MISMATCH"
    late = await refusal(callers["reader"].Explain(pb.ExplainRequest(event=event(), min_config_revision=-1)))
    assert late.fields == ("min_config_revision",)


async def test_triggers_that_wait_for_something_else_say_for_what(fed: Fed) -> None:
    many = [("sub_tag", str(number), None) for number in range(90, 95)]
    await fed.change(
        webhook_item(1, url=fed.receiver.url),
        trigger_item(7, toy((1, ""), on=[("sub_tag", "77", None), ("field_is_updated", "email", 149)])),
        trigger_item(8, toy((1, ""), on=many)),
        trigger_item(9, toy((1, ""), on=[])),
    )
    shown = await explained(fed)
    assert [(each.trigger.id, each.reason) for each in shown.unconcerned] == [
        (7, "it waits for sub_tag(77), field_is_updated(email) about objects of type 149"),
        (8, "it waits for sub_tag(90), sub_tag(91), sub_tag(92) and 2 more"),
    ]
    assert [(each.trigger.id, each.reason) for each in shown.not_fired] == [(9, "it waits for no events")]
