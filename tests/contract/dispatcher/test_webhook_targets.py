"""Webhooks as targets: what is merged, frozen, retried and shown, over real sockets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2 as pb
from hookline.dispatcher.v1 import target_service_pb2 as tpb
from hookline.registry.v1 import config_pb2, webhook_pb2
from standardwebhooks import Webhook

from tests.contract.dispatcher.fed import (
    DEAD,
    DELIVERED,
    SECRET,
    SUBSCRIPTION,
    WEBHOOK,
    Fed,
    account_item,
    gone,
    running,
    subscription_item,
    trigger_item,
    webhook_item,
)
from tests.contract.dispatcher.suite import event
from tests.contract.registry.world import refusal
from tests.unit.dispatcher.configs import BASIC
from tests.unit.dispatcher.toy_source import toy

DATA = b'{"firstname":"Zo\xc3\xab & Co","email":"z@x.example","id":"not this"}'
FAST = 60_000
"""So many requests a minute that no test waits for its slot; the registry would refuse it."""
REF = dpb.TargetRef(kind=WEBHOOK, id=1)


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    async with running(tmp_path) as fed:
        yield fed


async def hook(fed: Fed, **fields: Any) -> None:
    """One webhook, fired by every tag."""
    fields = {"url": fed.receiver.url, "requests_per_minute": FAST, **fields}
    await fed.change(webhook_item(1, **fields), trigger_item(7, toy((1, "success"))))


async def test_a_webhook_from_its_firing_to_its_end(fed: Fed) -> None:
    await hook(
        fed,
        url=f"http://127.0.0.1:{fed.receiver.port}/[First Name]?mail=[Email]",
        method=webhook_pb2.HTTP_METHOD_PUT,
        headers=[{"name": "X-Who", "value": "[Email|nobody]"}, {"name": "X-Key", "value": "hunter2"}],
        data='{"name": "[First Name]", "id": [ID]}',
        names={"first name": ["firstname"], "email": ["email"], "id": ["id"]},
    )
    assert (await fed.publish("e1", data=DATA)).deliveries == 1
    (request,) = await fed.receiver.until(1)
    assert (request.method, request.path) == ("PUT", "/Zo%C3%AB%20%26%20Co?mail=z%40x.example")
    assert json.loads(request.body) == {"name": "Zoë & Co", "id": 8}
    assert request.headers["content-type"].startswith("application/json")
    assert (request.headers["x-who"], request.headers["x-key"]) == ("z@x.example", "hunter2")
    Webhook(SECRET).verify(request.body, request.headers, json_parse=False)
    (delivery,) = await fed.until_all(lambda each: each.state == DELIVERED)
    assert delivery.target == REF
    assert delivery.fired_by == dpb.FiredBy(source="global_rule", id=7, element="success")
    attempt = await fed.attempt(delivery.id)
    assert (attempt.request.method, attempt.request.body) == ("PUT", request.body)
    assert attempt.request.url == f"http://127.0.0.1:{fed.receiver.port}{request.path}"
    kept = {header.name: header.value for header in attempt.request.headers}
    assert (kept["x-key"], kept["webhook-signature"], kept["x-who"]) == ("***", "***", "z@x.example")


@pytest.mark.parametrize("method", [webhook_pb2.HTTP_METHOD_GET, webhook_pb2.HTTP_METHOD_DELETE])
async def test_form_data_go_into_the_query_of_get_and_delete(
    fed: Fed, method: webhook_pb2.HttpMethod.ValueType
) -> None:
    await hook(fed, method=method, data="name=[First Name]&fix=1")
    await fed.publish("e1", data=DATA)
    (request,) = await fed.receiver.until(1)
    assert parse_qsl(request.path.partition("?")[2]) == [("k", "v"), ("name", "Zoë & Co"), ("fix", "1")]
    assert (request.body, "content-length" in request.headers, "content-type" in request.headers) == (b"", False, False)
    (delivery,) = await fed.until_all(lambda each: each.state == DELIVERED)
    attempt = await fed.attempt(delivery.id)
    assert (attempt.request.body, attempt.request.url.partition("?")[2]) == (b"", request.path.partition("?")[2])


async def test_attempts_warn_of_fields_that_were_gone_when_they_were_fired(fed: Fed) -> None:
    await hook(fed, data="a=[First Name]")
    await fed.publish("before", data=DATA)
    item = webhook_item(1, url=fed.receiver.url, data="a=[First Name]")
    item.webhook.names[0].gone = True
    await fed.change(item)
    await fed.publish("after", data=b"{}")
    for event_id, body, warned in (
        ("before", b"a=Zo%C3%AB+%26+Co", []),
        ("after", b"a=", ["[first name] was no field any more when this was fired"]),
    ):
        (delivery,) = await fed.until_all(lambda each: each.state == DELIVERED, 1, event_id=event_id)
        page = await fed.user.ListAttempts(pb.ListAttemptsRequest(delivery_id=delivery.id))
        one = (await fed.user.GetAttempt(pb.GetAttemptRequest(delivery_id=delivery.id, number=1))).attempt
        assert (one.request.body, list(one.warnings)) == (body, warned)
        assert [list(each.warnings) for each in page.attempts] == [warned]
    tested = (await fed.user.SendTest(tpb.SendTestRequest(target=REF))).attempt
    assert len(tested.warnings) == 1


async def test_other_data_go_into_the_body_of_a_get(fed: Fed) -> None:
    await hook(fed, method=webhook_pb2.HTTP_METHOD_GET, data='{"name": "[First Name]"}')
    await fed.publish("e1", data=DATA)
    (request,) = await fed.receiver.until(1)
    assert (request.method, json.loads(request.body)) == ("GET", {"name": "Zoë & Co"})
    assert request.headers["content-length"] == str(len(request.body))


async def test_data_are_frozen_and_the_rest_is_of_today(fed: Fed) -> None:
    await hook(fed, data="old=[First Name]", requests_per_minute=180)
    await fed.user.PauseTarget(tpb.PauseTargetRequest(target=REF))
    await fed.publish("e1", data=DATA)
    await fed.change(
        webhook_item(
            1,
            url=fed.receiver.url + "&new=[First Name]",
            method=webhook_pb2.HTTP_METHOD_GET,
            data='{"new": 1}',
            headers=[{"name": "X-New", "value": "yes"}],
        )
    )
    await fed.user.ResumeTarget(tpb.ResumeTargetRequest(target=REF))
    (request,) = await fed.receiver.until(1)
    assert (request.method, request.headers["x-new"]) == ("GET", "yes")
    assert parse_qsl(request.path.partition("?")[2])[1:] == [("new", "Zoë & Co"), ("old", "Zoë & Co")]


async def test_one_contacts_host_switches_nobody_else_off(fed: Fed) -> None:
    url = f"http://[Host]:{fed.receiver.port}/hook"
    await hook(fed, url=url, data="a=1", max_retries=0, names={"host": ["host"]})
    fed.receiver.answer = lambda _: (410, "")
    for number in range(6):
        await fed.publish(f"e{number}", data=b'{"host":"127.0.0.1"}')
    await fed.until_all(lambda each: each.state == DEAD, 6)
    target = (await fed.user.GetTarget(tpb.GetTargetRequest(target=REF))).target
    assert (target.state, target.consecutive_failures, target.url) == (tpb.TARGET_STATE_ACTIVE, 0, url)
    assert fed.receiver.received[0].headers["host"] == f"127.0.0.1:{fed.receiver.port}"


async def test_gone_switches_a_literal_host_off(fed: Fed) -> None:
    await hook(fed, data="a=1")
    fed.receiver.answer = lambda _: (410, "")
    await fed.publish("e1")
    await fed.until_all(lambda each: each.state == DEAD)
    target = (await fed.user.GetTarget(tpb.GetTargetRequest(target=REF))).target
    assert target.state == tpb.TARGET_STATE_OFF


@pytest.mark.parametrize("host", ["169.254.169.254", "10.0.0.1", "[::1", "a/b", "user@127.0.0.1", "localhost:80"])
async def test_a_merged_host_passes_the_guard_or_is_refused(fed: Fed, host: str) -> None:
    await hook(fed, url="http://[Host]/hook", data="a=1", max_retries=0, names={"host": ["host"]})
    await fed.publish("e1", data=json.dumps({"host": host}).encode())
    (delivery,) = await fed.until_all(lambda each: each.state == DEAD)
    attempt = await fed.attempt(delivery.id)
    assert attempt.outcome in (dpb.OUTCOME_ADDRESS_REFUSED, dpb.OUTCOME_NOT_RENDERED)


async def test_a_template_that_no_plugin_knows_is_retried_and_says_nothing_of_the_receiver(fed: Fed) -> None:
    await hook(fed, data="x", content_type="application/x-none", max_retries=2)
    await fed.publish("e1")
    (delivery,) = await fed.until_all(lambda each: each.state == DEAD)
    assert (delivery.attempts, fed.receiver.received) == (3, [])
    assert (await fed.attempt(delivery.id)).outcome == dpb.OUTCOME_NOT_RENDERED
    assert "content_type" in delivery.reason
    target = (await fed.user.GetTarget(tpb.GetTargetRequest(target=REF))).target
    assert target.consecutive_failures == 0


async def test_a_value_that_breaks_out_of_a_header_is_not_sent(fed: Fed) -> None:
    await hook(fed, data="a=1", headers=[{"name": "X-A", "value": "[First Name]"}], max_retries=0)
    await fed.publish("e1", data=json.dumps({"firstname": "a\r\nX-Evil: 1\r\n\r\nGET / HTTP/1.1"}).encode())
    (delivery,) = await fed.until_all(lambda each: each.state in (DEAD, DELIVERED))
    assert all("x-evil" not in request.headers for request in fed.receiver.received)
    assert len(fed.receiver.received) == (delivery.state == DELIVERED)


async def test_targets_of_both_kinds_are_listed_switched_and_filtered(fed: Fed) -> None:
    await hook(fed, data="a=1")
    await fed.change(subscription_item(1, fed.receiver.url))
    page = await fed.user.ListTargets(tpb.ListTargetsRequest(page_size=1))
    rest = await fed.user.ListTargets(tpb.ListTargetsRequest(page_size=1, page_token=page.next_page_token))
    assert [each.ref.kind for each in (*page.targets, *rest.targets)] == [SUBSCRIPTION, WEBHOOK]
    await fed.publish("e1")
    await fed.until_all(lambda each: each.state == DELIVERED, 2)
    for kind in (SUBSCRIPTION, WEBHOOK):
        assert [each.target.kind for each in await fed.deliveries(target_kind=kind)] == [kind]
    off = (await fed.user.DisableTarget(tpb.DisableTargetRequest(target=REF))).target
    assert off.state == tpb.TARGET_STATE_OFF
    await fed.publish("e2")
    found = await fed.until_all(lambda each: True, event_id="e2", target_kind=WEBHOOK)
    assert [each.state for each in found] == [dpb.DELIVERY_STATE_CANCELLED]


async def test_a_switched_webhook_with_a_merged_host_is_told_of(fed: Fed) -> None:
    await hook(fed, url="http://[Email].example/hook?key=[Email]", data="a=1")
    await fed.change(subscription_item(1, fed.receiver.url, "target_paused"))
    await fed.user.PauseTarget(tpb.PauseTargetRequest(target=REF))
    (told,) = await fed.receiver.until(1)
    assert dict(parse_qsl(told.body.decode()))["data[url]"] == "http://[Email].example/hook"


async def test_a_redelivery_keeps_what_fired_it_whatever_the_plan(fed: Fed) -> None:
    await hook(fed, data="a=[First Name]")
    await fed.publish("e1", object_type_id=149, data=DATA)
    (first,) = await fed.until_all(lambda each: each.state == DELIVERED)
    await fed.change(account_item(BASIC))
    again = (await fed.user.Redeliver(pb.RedeliverRequest(id=first.id))).delivery
    assert (again.webhook_id, again.fired_by, again.redelivery_of) == (first.webhook_id, first.fired_by, first.id)
    await fed.receiver.until(2)
    assert fed.receiver.received[0].body == fed.receiver.received[1].body == b"a=Zo%C3%AB+%26+Co"
    await fed.until_all(lambda each: each.state == DELIVERED, 2)
    since = pb.RedeliverSinceRequest(since_time=Timestamp(seconds=1), include_delivered=True)
    assert (await fed.user.RedeliverSince(since)).redelivered == 1
    assert {each.fired_by.id for each in await fed.deliveries()} == {7}


async def test_a_deleted_webhook_cancels_what_is_pending(fed: Fed) -> None:
    await hook(fed, data="a=1")
    await fed.user.PauseTarget(tpb.PauseTargetRequest(target=REF))
    await fed.publish("e1")
    await fed.change(gone(config_pb2.CONFIG_KIND_WEBHOOK, 1))
    (delivery,) = await fed.until_all(lambda each: each.state == dpb.DELIVERY_STATE_CANCELLED)
    assert "deleted" in delivery.reason
    await fed.publish("e2")
    assert "global_rule/7: there is no webhook 1" in (await fed.published("e2")).notes


async def test_a_test_has_a_value_for_every_merge_field(fed: Fed) -> None:
    names = {"first name": ["firstname"], "owner.email": ["owner", "email"], "colour": ["f12"]}
    await hook(
        fed, data='{"a": "[First Name]", "b": "[Owner.Email]", "c": "[Colour]"}', object_type_id=149, names=names
    )
    await fed.change(account_item(BASIC))
    attempt = (await fed.user.SendTest(tpb.SendTestRequest(target=REF))).attempt
    (request,) = fed.receiver.received
    assert attempt.outcome == dpb.OUTCOME_DELIVERED
    assert json.loads(request.body) == {"a": "Mary", "b": "mary.smith@example.com", "c": "Sample"}
    assert request.headers["webhook-id"].startswith("test_")
    await fed.user.SendTest(tpb.SendTestRequest(target=REF, event=event(data=DATA)))
    assert json.loads(fed.receiver.received[1].body)["a"] == "Zoë & Co"


async def test_a_webhook_that_is_not_there_is_not_found(fed: Fed) -> None:
    refused = await refusal(fed.user.GetTarget(tpb.GetTargetRequest(target=REF)))
    assert refused.code is grpc.StatusCode.NOT_FOUND
