from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import target_service_pb2 as pb
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import subscription_pb2
from standardwebhooks import Webhook

from tests.contract.dispatcher.receiver import until
from tests.contract.dispatcher.suite import Suite, event, running
from tests.contract.registry.world import refusal

CANCELLED = dpb.DELIVERY_STATE_CANCELLED


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


def ref(id_: int) -> dpb.TargetRef:
    return dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=id_)


async def known(suite: Suite, id_: int) -> pb.Target:
    """The target, once the dispatcher knows the configuration that made it."""
    await until(lambda: suite.dispatcher.known_revision >= suite.revision)
    target: pb.Target = (await suite.user.GetTarget(pb.GetTargetRequest(target=ref(id_)))).target
    return target


async def test_a_target_that_was_never_sent_to_is_active(suite: Suite) -> None:
    made = await suite.subscribe(requests_per_minute=60)
    target = await known(suite, made.subscription.id)
    assert (target.state, target.url) == (pb.TARGET_STATE_ACTIVE, suite.receiver.url)
    assert (target.waiting, target.in_flight, target.requests_per_minute) == (0, 0, 60)
    assert not target.HasField("state_time")


async def test_a_target_that_is_on_its_way_is_waited_for(suite: Suite) -> None:
    first = (await suite.subscribe()).subscription.id
    asked = suite.user.GetTarget(pb.GetTargetRequest(target=ref(first + 1)))  # it is under way
    made = (await suite.subscribe()).subscription.id
    assert made == first + 1
    assert (await asked).target.state == pb.TARGET_STATE_ACTIVE


async def test_targets_are_listed_by_id_page_by_page(suite: Suite) -> None:
    ids = [(await suite.subscribe()).subscription.id for _ in range(5)]
    await known(suite, ids[-1])
    pages, token = [], ""
    while True:
        page = await suite.user.ListTargets(pb.ListTargetsRequest(page_size=2, page_token=token))
        pages.append([each.ref.id for each in page.targets])
        token = page.next_page_token
        if not token:
            break
    assert pages == [ids[:2], ids[2:4], ids[4:]]


async def test_paused_deliveries_accumulate_until_resumed(suite: Suite) -> None:
    made = await suite.subscribe()
    await known(suite, made.subscription.id)
    target = ref(made.subscription.id)
    paused = (await suite.user.PauseTarget(pb.PauseTargetRequest(target=target, reason="maintenance"))).target
    assert (paused.state, paused.reason) == (pb.TARGET_STATE_PAUSED, "maintenance")
    for number in range(3):
        await suite.publish(f"e{number}")
    shown = await known(suite, made.subscription.id)
    assert (shown.waiting, shown.in_flight) == (3, 0)
    assert shown.oldest_waiting_time.ToMicroseconds() > 0
    assert not shown.HasField("next_attempt_time")
    assert not suite.receiver.received
    resumed = (await suite.user.ResumeTarget(pb.ResumeTargetRequest(target=target))).target
    assert (resumed.state, resumed.reason) == (pb.TARGET_STATE_ACTIVE, "")
    await suite.receiver.until(3)


async def test_a_pause_before_the_first_event_keeps_the_throttle(suite: Suite) -> None:
    made = await suite.subscribe(requests_per_minute=1)
    await known(suite, made.subscription.id)
    target = ref(made.subscription.id)
    await suite.user.PauseTarget(pb.PauseTargetRequest(target=target))
    await suite.publish("e1")
    await suite.publish("e2")
    await suite.user.ResumeTarget(pb.ResumeTargetRequest(target=target))
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, event_id="e1")
    shown = await known(suite, made.subscription.id)
    assert (shown.waiting, len(suite.receiver.received)) == (1, 1)
    (waiting,) = await suite.deliveries(event_id="e2")
    assert shown.next_attempt_time.ToSeconds() - waiting.create_time.ToSeconds() >= 30


async def test_off_cancels_and_is_told(suite: Suite) -> None:
    made = await suite.subscribe()
    watcher = await suite.subscribe("target_disabled", content_type="application/json", url=suite.receiver.url + "&off")
    await known(suite, watcher.subscription.id)
    target = ref(made.subscription.id)
    await suite.user.PauseTarget(pb.PauseTargetRequest(target=target))
    await suite.publish("e1")
    off = (await suite.user.DisableTarget(pb.DisableTargetRequest(target=target))).target
    assert (off.state, off.reason) == (pb.TARGET_STATE_OFF, "by hand")
    await suite.publish("e2")
    told = (await suite.receiver.until(1))[0]
    assert told.path.endswith("&off")
    assert json.loads(told.body)["data"]["reason"] == "by hand"
    for event_id in ("e1", "e2"):
        delivery = await suite.until_delivery(lambda each: each.state == CANCELLED, event_id=event_id)
        assert delivery.reason == "by hand"


async def test_gone_switches_off(suite: Suite) -> None:
    made = await suite.subscribe()
    suite.receiver.answer = lambda _: (410, "")
    await suite.publish()
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DEAD)
    target = await known(suite, made.subscription.id)
    assert (target.state, target.reason) == (pb.TARGET_STATE_OFF, "the receiver answered 410 Gone")
    assert target.HasField("state_time")


async def test_five_failures_make_it_half_open(suite: Suite) -> None:
    made = await suite.subscribe(max_retries=4)
    suite.receiver.answer = lambda _: (500, "")
    await suite.publish()
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DEAD)
    target = await known(suite, made.subscription.id)
    assert (target.state, target.consecutive_failures) == (pb.TARGET_STATE_HALF_OPEN, 5)
    assert target.reason == "5 failures in a row"
    assert target.HasField("first_failure_time")


@pytest.mark.parametrize(
    "subscribed, sent",
    [
        ("sub_tag(4)", {"type": "sub_tag", "tag_id": "4"}),
        ("object_submits_form", {"type": "object_submits_form", "form_id": "1"}),
        ("object_create(149)", {"type": "object_create"}),
    ],
)
async def test_a_test_sends_a_sample_that_fits(suite: Suite, subscribed: str, sent: dict[str, str]) -> None:
    made = await suite.subscribe(subscribed, content_type="application/json")
    await known(suite, made.subscription.id)
    suite.receiver.answer = lambda _: (202, "")
    attempt = (await suite.user.SendTest(pb.SendTestRequest(target=ref(made.subscription.id)))).attempt
    (request,) = suite.receiver.received
    Webhook(made.signing_secret).verify(request.body, request.headers, json_parse=False)
    assert request.headers["webhook-id"].startswith("test_")
    assert json.loads(request.body)["event"] == sent
    assert (attempt.delivery_id, attempt.number, attempt.outcome) == (0, 1, dpb.OUTCOME_DELIVERED)
    assert (attempt.response.status_code, attempt.response.body) == (202, b"ok")
    assert attempt.request.body == request.body
    assert {each.name: each.value for each in attempt.request.headers}["webhook-signature"] == "***"


async def test_a_test_changes_nothing(suite: Suite) -> None:
    made = await suite.subscribe()
    before = await known(suite, made.subscription.id)
    suite.receiver.answer = lambda _: (410, "")
    request = pb.SendTestRequest(target=ref(made.subscription.id), event=event(object_id="77"))
    attempt = (await suite.user.SendTest(request)).attempt
    assert (attempt.outcome, attempt.response.status_code) == (dpb.OUTCOME_REJECTED, 410)
    assert b"77" in suite.receiver.received[0].body
    assert await known(suite, made.subscription.id) == before
    assert not await suite.deliveries()


async def test_a_test_of_what_the_guard_refuses(tmp_path: Path) -> None:
    async with running(tmp_path, egress_allow="") as suite:
        made = await suite.subscribe()
        await known(suite, made.subscription.id)
        attempt = (await suite.user.SendTest(pb.SendTestRequest(target=ref(made.subscription.id)))).attempt
        assert attempt.outcome == dpb.OUTCOME_ADDRESS_REFUSED
        assert attempt.reason
        assert not suite.receiver.received


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"type": "nonsense"}, "event.type"),
        ({"data": b"[]"}, "event.data"),
        ({"params": {}}, 'event.params["tag_id"]'),
    ],
)
async def test_an_event_for_a_test_is_checked_like_any_other(suite: Suite, wrong: dict[str, Any], field: str) -> None:
    made = await suite.subscribe()
    await known(suite, made.subscription.id)
    request = pb.SendTestRequest(target=ref(made.subscription.id), event=event(**wrong))
    refused = await refusal(suite.user.SendTest(request))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, (field,))
    assert not suite.receiver.received


async def test_an_operators_test_is_for_the_account_that_it_names(suite: Suite) -> None:
    made = await suite.subscribe()
    await known(suite, made.subscription.id)
    account_id = suite.world.first.account_id
    request = pb.SendTestRequest(account_id=account_id, target=ref(made.subscription.id), event=event())
    assert (await suite.operator.SendTest(request)).attempt.outcome == dpb.OUTCOME_DELIVERED
    request.event.CopyFrom(event_pb2.Event(account_id=account_id + 1))
    request.event.MergeFrom(event())
    refused = await refusal(suite.operator.SendTest(request))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("event.account_id",))


@pytest.mark.parametrize("rpc", ["GetTarget", "PauseTarget", "ResumeTarget", "DisableTarget", "SendTest"])
async def test_another_accounts_target_is_not_found(suite: Suite, rpc: str) -> None:
    made = await suite.subscribe()
    await known(suite, made.subscription.id)
    account_id, _ = await suite.world.new_account()
    message = getattr(pb, f"{rpc}Request")(account_id=account_id, target=ref(made.subscription.id))
    refused = await refusal(getattr(suite.operator, rpc)(message))
    assert refused.code == grpc.StatusCode.NOT_FOUND
    listed = await suite.operator.ListTargets(pb.ListTargetsRequest(account_id=account_id))
    assert not listed.targets


async def test_a_deleted_subscription_is_no_target(suite: Suite) -> None:
    made = await suite.subscribe()
    await known(suite, made.subscription.id)
    suite.receiver.gate.clear()
    suite.receiver.answer = lambda _: (500, "")
    await suite.publish()
    await suite.receiver.until(1)
    deleted = await suite.world.user.DeleteSubscription(
        subscription_pb2.DeleteSubscriptionRequest(id=made.subscription.id)
    )
    await until(lambda: suite.dispatcher.known_revision >= deleted.config_revision)
    refused = await refusal(suite.user.GetTarget(pb.GetTargetRequest(target=ref(made.subscription.id))))
    assert refused.code == grpc.StatusCode.NOT_FOUND
    suite.receiver.gate.set()
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_CANCELLED)
    assert len(suite.receiver.received) == 1
