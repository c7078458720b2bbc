from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2 as pb
from hookline.dispatcher.v1 import event_service_pb2, target_service_pb2
from hookline.registry.v1 import subscription_pb2

from tests.contract.dispatcher.receiver import until
from tests.contract.dispatcher.suite import Caller, Suite, event, running
from tests.contract.registry.world import refusal

DELIVERED, DEAD, WAITING = dpb.DELIVERY_STATE_DELIVERED, dpb.DELIVERY_STATE_DEAD, dpb.DELIVERY_STATE_WAITING
IN_FLIGHT, CANCELLED = dpb.DELIVERY_STATE_IN_FLIGHT, dpb.DELIVERY_STATE_CANCELLED


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


async def settled(suite: Suite, state: dpb.DeliveryState.ValueType) -> dpb.Delivery:
    return await suite.until_delivery(lambda each: each.state == state)


async def test_a_delivery_shows_what_became_of_it(suite: Suite) -> None:
    made = await suite.subscribe()
    await suite.publish("e1")
    listed = await settled(suite, DELIVERED)
    shown = (await suite.user.GetDelivery(pb.GetDeliveryRequest(id=listed.id))).delivery
    assert shown == listed
    assert (shown.target.kind, shown.target.id) == (dpb.TARGET_KIND_SUBSCRIPTION, made.subscription.id)
    assert (shown.event_id, shown.event_type, shown.object_id) == ("e1", "sub_tag", "8")
    assert shown.create_time.ToMicroseconds() <= shown.settle_time.ToMicroseconds()
    assert not shown.HasField("due_time")


@pytest.mark.parametrize("count, cut", [(10, False), (300, True)])
async def test_headers_of_an_answer_that_are_too_many_are_cut_and_said_to_be(
    suite: Suite, count: int, cut: bool
) -> None:
    suite.receiver.answer = lambda _: (200, "".join(f"X-{number}: {'v' * 90}\r\n" for number in range(count)))
    await suite.subscribe()
    await suite.publish()
    delivery = await settled(suite, DELIVERED)
    attempt = (await suite.user.GetAttempt(pb.GetAttemptRequest(delivery_id=delivery.id, number=1))).attempt
    assert attempt.response.headers_cut is cut
    assert not attempt.response.body_cut
    kept = {each.name for each in attempt.response.headers}
    assert ("x-0" in kept, f"x-{count - 1}" in kept) == (True, not cut)


async def test_an_attempt_that_succeeded_is_rendered_again(suite: Suite) -> None:
    await suite.subscribe(
        content_type="application/json", headers=[{"name": "Authorization", "value": "Bearer hunter2"}]
    )
    suite.receiver.answer = lambda _: (201, "X-Answer: yes\r\n")
    await suite.publish()
    delivery = await settled(suite, DELIVERED)
    request = pb.GetAttemptRequest(delivery_id=delivery.id, number=1)
    shown = (await suite.user.GetAttempt(request)).attempt
    received = suite.receiver.received[0]
    assert shown.outcome == dpb.OUTCOME_DELIVERED
    assert (shown.request.method, shown.request.url, shown.request.body) == ("POST", suite.receiver.url, received.body)
    headers = {each.name: each.value for each in shown.request.headers}
    assert headers["webhook-id"] == received.headers["webhook-id"]
    assert headers["webhook-timestamp"] == received.headers["webhook-timestamp"]
    assert (headers["webhook-signature"], headers["authorization"]) == ("***", "***")
    assert received.headers["authorization"] == "Bearer hunter2"
    assert (shown.response.status_code, shown.response.body, shown.response.body_cut) == (201, b"ok", False)
    assert {each.name: each.value for each in shown.response.headers}["x-answer"] == "yes"
    spent = [each.ToMicroseconds() for each in (shown.connect_latency, shown.first_byte_latency, shown.latency)]
    assert [0, *spent] == sorted([0, *spent])
    assert (spent[0] > 0, shown.connection_reused) == (True, False)
    await suite.world.user.UpdateSubscription(
        subscription_pb2.UpdateSubscriptionRequest(
            subscription=subscription_pb2.Subscription(
                id=delivery.target.id, content_type="text/plain", url="http://127.0.0.1:9/"
            )
        )
    )
    await until(lambda: suite.dispatcher.known_revision > suite.revision)
    assert (await suite.user.GetAttempt(request)).attempt == shown


async def test_attempts_are_listed_by_number_page_by_page(suite: Suite) -> None:
    await suite.subscribe(max_retries=2)
    suite.receiver.answer = lambda _: (500, "")
    await suite.publish()
    delivery = await settled(suite, DEAD)
    assert (delivery.attempts, delivery.last_status_code, delivery.reason) == (3, 500, "the receiver answered 500")
    first = await suite.user.ListAttempts(pb.ListAttemptsRequest(delivery_id=delivery.id, page_size=2))
    rest = await suite.user.ListAttempts(
        pb.ListAttemptsRequest(delivery_id=delivery.id, page_size=2, page_token=first.next_page_token)
    )
    attempts = [*first.attempts, *rest.attempts]
    assert [each.number for each in attempts] == [1, 2, 3]
    assert {each.outcome for each in attempts} == {dpb.OUTCOME_REJECTED}
    assert all(each.request.body == suite.receiver.received[0].body for each in attempts)
    assert not rest.next_page_token


async def test_a_list_is_filtered_and_paged(suite: Suite) -> None:
    one = await suite.subscribe()
    await suite.subscribe()
    for number in range(3):
        await suite.publish(f"e{number}", object_id=f"o{number}")
    every = await suite.deliveries()
    assert [each.id for each in every] == sorted((each.id for each in every), reverse=True)
    assert len(every) == 6
    target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=one.subscription.id)
    assert len(await suite.deliveries(target=target)) == 3
    assert len(await suite.deliveries(target=target, event_id="e1")) == 1
    assert len(await suite.deliveries(object_id="o2")) == 2
    assert len(await suite.deliveries(object_type_id=0)) == 6
    assert len(await suite.deliveries(object_type_id=149)) == 0
    assert len(await suite.deliveries(event_type="unsub_tag")) == 0
    assert len(await suite.deliveries(since_time=every[1].create_time)) in (2, 4, 6)
    assert len(await suite.deliveries(until_time=every[-1].create_time)) == 0
    assert len(await suite.deliveries(states=[DEAD])) == 0
    pages, token = [], ""
    while True:
        page = await suite.user.ListDeliveries(pb.ListDeliveriesRequest(page_size=4, page_token=token))
        pages.append([each.id for each in page.deliveries])
        token = page.next_page_token
        if not token:
            break
    assert pages == [[each.id for each in every[:4]], [each.id for each in every[4:]]]


async def test_what_is_retried_is_listed_besides_states(suite: Suite) -> None:
    made = await suite.subscribe(max_retries=50)
    await suite.publish("e1")
    await settled(suite, DELIVERED)
    suite.receiver.answer = lambda _: (500, "")
    await suite.publish("e2")
    await suite.until_delivery(lambda each: each.attempts > 0 and each.last_status_code == 500)
    target = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=made.subscription.id)
    await suite.user.PauseTarget(target_service_pb2.PauseTargetRequest(target=target))
    await suite.publish("e3")
    await suite.until_delivery(lambda each: each.state == WAITING, event_id="e2")
    for states, expected in (([], ["e2"]), ([DELIVERED], ["e2", "e1"]), ([DEAD], ["e2"]), ([WAITING], ["e3", "e2"])):
        assert [each.event_id for each in await suite.deliveries(states=states, retrying=True)] == expected
    page = await suite.user.ListDeliveries(pb.ListDeliveriesRequest(states=[DELIVERED], retrying=True, page_size=1))
    other = pb.ListDeliveriesRequest(states=[DELIVERED], page_token=page.next_page_token)
    assert (await refusal(suite.user.ListDeliveries(other))).fields == ("page_token",)


async def test_a_token_of_another_list_is_refused(suite: Suite) -> None:
    await suite.subscribe()
    for number in range(2):
        await suite.publish(f"e{number}")
    page = await suite.user.ListDeliveries(pb.ListDeliveriesRequest(page_size=1))
    for request in (
        pb.ListDeliveriesRequest(page_token=page.next_page_token, event_id="e1"),
        pb.ListDeliveriesRequest(page_token="garbage"),
    ):
        refused = await refusal(suite.user.ListDeliveries(request))
        assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("page_token",))


async def test_a_redelivery_keeps_the_webhook_id_and_the_body(suite: Suite) -> None:
    await suite.subscribe()
    await suite.publish()
    first = await settled(suite, DELIVERED)
    again = pb.RedeliverRequest(id=first.id, request_id="r1")
    made = (await suite.user.Redeliver(again)).delivery
    assert (await suite.user.Redeliver(again)).delivery.id == made.id
    requests = await suite.receiver.until(2)
    assert (made.redelivery_of, made.webhook_id) == (first.id, first.webhook_id)
    assert requests[0].headers["webhook-id"] == requests[1].headers["webhook-id"]
    assert requests[0].body == requests[1].body
    await settled(suite, DELIVERED)
    assert len(suite.receiver.received) == 2


async def test_what_is_pending_is_not_redelivered(suite: Suite) -> None:
    await suite.subscribe()
    suite.receiver.gate.clear()
    await suite.publish()
    await suite.receiver.until(1)
    (delivery,) = await suite.deliveries()
    assert delivery.state == IN_FLIGHT
    refused = await refusal(suite.user.Redeliver(pb.RedeliverRequest(id=delivery.id)))
    assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "DELIVERY_PENDING")
    assert not (await suite.user.ListAttempts(pb.ListAttemptsRequest(delivery_id=delivery.id))).attempts


async def test_a_selection_is_redelivered_each_with_its_own_result(suite: Suite) -> None:
    await suite.subscribe()
    done = []
    for event_id in ("one", "two"):
        await suite.publish(event_id)
        done.append(await suite.until_delivery(lambda each: each.settle_time.seconds > 0, event_id=event_id))
    request = pb.BatchRedeliverRequest(ids=[done[1].id, 2**62, done[0].id], request_id="again")
    results = (await suite.user.BatchRedeliver(request)).results
    assert [each.id for each in results] == list(request.ids)
    assert [each.delivery.redelivery_of for each in results] == [done[1].id, 0, done[0].id]
    assert (results[1].error.code, results[1].error.message) == (grpc.StatusCode.NOT_FOUND.value[0], "no such delivery")
    repeated = (await suite.user.BatchRedeliver(request)).results
    assert [each.delivery.id for each in repeated] == [each.delivery.id for each in results]


@pytest.mark.parametrize("ids", [[], [0], [3, 3], list(range(1, 502))], ids=["none", "nought", "twice", "too many"])
async def test_a_selection_that_is_none_is_refused(suite: Suite, ids: list[int]) -> None:
    refused = await refusal(suite.user.BatchRedeliver(pb.BatchRedeliverRequest(ids=ids)))
    assert refused.code is grpc.StatusCode.INVALID_ARGUMENT
    assert refused.fields[0].startswith("ids")


async def test_a_text_finds_deliveries_by_what_people_see(suite: Suite) -> None:
    await suite.subscribe()
    await suite.publish("e1")
    done = await settled(suite, dpb.DELIVERY_STATE_DELIVERED)
    url = suite.receiver.url.upper().removeprefix("HTTP://")
    for text in (url, str(done.id), done.webhook_id, done.event_id, done.object_id):
        page = await suite.user.ListDeliveries(pb.ListDeliveriesRequest(text=text))
        assert [each.id for each in page.deliveries] == [done.id], text
        assert not page.HasField("searched_back_time")
    assert await suite.deliveries(text="no such thing") == []
    refused = await refusal(suite.user.ListDeliveries(pb.ListDeliveriesRequest(text="a\0b")))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("text",))


async def test_what_went_to_a_deleted_target_is_not_redelivered(suite: Suite) -> None:
    made = await suite.subscribe(max_retries=0)
    suite.receiver.answer = lambda _: (500, "")
    await suite.publish("e1")
    dead = await settled(suite, DEAD)
    deleting = subscription_pb2.DeleteSubscriptionRequest(id=made.subscription.id)
    revision = (await suite.world.user.DeleteSubscription(deleting)).config_revision
    await until(lambda: suite.dispatcher.known_revision >= revision)
    refused = await refusal(suite.user.Redeliver(pb.RedeliverRequest(id=dead.id)))
    assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "TARGET_DELETED")
    for dry_run in (True, False):
        since = pb.RedeliverSinceRequest(since_time=Timestamp(seconds=1), dry_run=dry_run)
        assert (await suite.user.RedeliverSince(since)).redelivered == 0
    assert len(await suite.deliveries()) == 1


async def test_failures_since_a_time_are_redelivered_once(suite: Suite) -> None:
    await suite.subscribe(max_retries=0)
    status = 500
    suite.receiver.answer = lambda _: (status, "")
    await suite.publish("e1")
    await settled(suite, DEAD)
    status = 200
    await suite.publish("e2")
    await settled(suite, DELIVERED)

    async def again(**more: Any) -> int:
        request = pb.RedeliverSinceRequest(since_time=Timestamp(seconds=1), **more)
        return int((await suite.user.RedeliverSince(request)).redelivered)

    assert await again(dry_run=True, include_delivered=True) == 2
    assert await again(dry_run=True, target=dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=99)) == 0
    assert await again() == 1
    assert await again() == 0
    assert (await suite.receiver.until(3))[2].headers["webhook-id"] == suite.receiver.received[0].headers["webhook-id"]


async def test_what_waits_is_cancelled(tmp_path: Path) -> None:
    async with running(tmp_path, dispatcher_retry_first_seconds=3600) as suite:
        await suite.subscribe()
        suite.receiver.answer = lambda _: (500, "")
        await suite.publish()
        delivery = await settled(suite, WAITING)
        assert delivery.due_time.ToMicroseconds() > delivery.create_time.ToMicroseconds()
        cancelled = (await suite.user.Cancel(pb.CancelRequest(id=delivery.id))).delivery
        assert cancelled.state == CANCELLED
        refused = await refusal(suite.user.Cancel(pb.CancelRequest(id=delivery.id)))
        assert (refused.code, refused.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "DELIVERY_SETTLED")


async def test_what_is_in_flight_is_cancelled_when_it_fails(suite: Suite) -> None:
    await suite.subscribe()
    suite.receiver.answer = lambda _: (500, "")
    suite.receiver.gate.clear()
    await suite.publish()
    await suite.receiver.until(1)
    (delivery,) = await suite.deliveries()
    assert (await suite.user.Cancel(pb.CancelRequest(id=delivery.id))).delivery.state == IN_FLIGHT
    suite.receiver.gate.set()
    await settled(suite, CANCELLED)
    assert len(suite.receiver.received) == 1


@pytest.mark.parametrize("rpc", ["GetDelivery", "Redeliver", "Cancel", "ListAttempts", "GetAttempt"])
async def test_another_accounts_delivery_is_not_found(suite: Suite, rpc: str) -> None:
    await suite.subscribe()
    await suite.publish()
    delivery = await settled(suite, DELIVERED)
    account_id, _ = await suite.world.new_account()
    requests: dict[str, Any] = {
        "GetDelivery": pb.GetDeliveryRequest(account_id=account_id, id=delivery.id),
        "Redeliver": pb.RedeliverRequest(account_id=account_id, id=delivery.id),
        "Cancel": pb.CancelRequest(account_id=account_id, id=delivery.id),
        "ListAttempts": pb.ListAttemptsRequest(account_id=account_id, delivery_id=delivery.id),
        "GetAttempt": pb.GetAttemptRequest(account_id=account_id, delivery_id=delivery.id, number=1),
    }
    refused = await refusal(getattr(suite.operator, rpc)(requests[rpc]))
    assert refused.code == grpc.StatusCode.NOT_FOUND
    own = await refusal(getattr(suite.user, rpc)(requests[rpc]))
    assert own.code == grpc.StatusCode.PERMISSION_DENIED


async def test_an_operator_names_the_account(suite: Suite) -> None:
    await suite.subscribe()
    await suite.publish()
    delivery = await settled(suite, DELIVERED)
    refused = await refusal(suite.operator.GetDelivery(pb.GetDeliveryRequest(id=delivery.id)))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("account_id",))
    request = pb.GetDeliveryRequest(account_id=suite.world.first.account_id, id=delivery.id)
    assert (await suite.operator.GetDelivery(request)).delivery.id == delivery.id


async def test_a_key_needs_the_scope(suite: Suite) -> None:
    stranger = Caller(suite.channel, ("api-appid", "nobody"), ("api-key", "nothing"))
    assert (await refusal(stranger.GetDelivery(pb.GetDeliveryRequest(id=1)))).code == grpc.StatusCode.UNAUTHENTICATED
    service = Caller(suite.channel, ("service-key", "a service key for tests"))
    request = pb.CancelRequest(account_id=suite.world.first.account_id, id=1)
    assert (await refusal(service.Cancel(request))).code == grpc.StatusCode.PERMISSION_DENIED
    publishing = event_service_pb2.PublishRequest(event=event())
    assert (await refusal(service.Publish(publishing))).code == grpc.StatusCode.PERMISSION_DENIED
