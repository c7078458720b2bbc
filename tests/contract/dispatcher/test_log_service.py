from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2
from hookline.dispatcher.v1 import log_service_pb2 as pb

from hookline_dispatcher.api import log_service
from tests.contract.dispatcher.suite import Suite, running
from tests.contract.registry.world import refusal


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


def ref(id_: int) -> dpb.TargetRef:
    return dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=id_)


async def published(suite: Suite, number: int) -> None:
    for place in range(number):
        await suite.publish(f"e{place}")
        await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, event_id=f"e{place}")


async def test_the_log_page_by_page(suite: Suite) -> None:
    await suite.subscribe()
    await published(suite, 5)
    whole = await suite.user.ListLog(pb.ListLogRequest(count=True))
    assert (len(whole.entries), whole.total_size, whole.next_page_token) == (5, 5, "")
    assert [each.delivery.event_id for each in whole.entries] == ["e4", "e3", "e2", "e1", "e0"]
    assert all(not each.attempt.request.body and each.attempt.response.status_code == 200 for each in whole.entries)
    page = await suite.user.ListLog(pb.ListLogRequest(page_size=2, skip=1))
    assert list(page.entries) == list(whole.entries[1:3])
    rest = await suite.user.ListLog(pb.ListLogRequest(page_token=page.next_page_token, skip=1))
    assert list(rest.entries) == list(whole.entries[4:])
    chosen = [whole.entries[3].id, whole.entries[0].id]
    some = await suite.user.ListLog(pb.ListLogRequest(ids=chosen, count=True))
    assert ([each.id for each in some.entries], some.total_size) == (sorted(chosen, reverse=True), 2)
    refused = await refusal(suite.user.ListLog(pb.ListLogRequest(ids=chosen, page_token=page.next_page_token)))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("page_token",))
    assert not (await suite.user.ListLog(pb.ListLogRequest(skip=10_000))).entries


async def test_bodies_are_rendered_again_and_end_a_page_early(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    await suite.subscribe()
    await published(suite, 3)
    sent = [request.body for request in suite.receiver.received][::-1]
    whole = await suite.user.ListLog(pb.ListLogRequest(bodies=True))
    assert [each.attempt.request.body for each in whole.entries] == sent
    assert [each.attempt.response.body for each in whole.entries] == [b"ok"] * 3
    monkeypatch.setattr(log_service, "PAGE_BYTES", 2)
    first = await suite.user.ListLog(pb.ListLogRequest(bodies=True))
    assert len(first.entries) == 1
    second = await suite.user.ListLog(pb.ListLogRequest(bodies=True, page_token=first.next_page_token))
    assert second.entries[0] == whole.entries[1]


async def test_rendered_bodies_count_towards_a_page(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite.receiver, "answer", lambda _: (200, ""))
    await suite.subscribe()
    await published(suite, 2)
    monkeypatch.setattr(log_service, "PAGE_BYTES", 2)
    first = await suite.user.ListLog(pb.ListLogRequest(bodies=True))
    assert len(first.entries) == 1
    assert len((await suite.user.ListLog(pb.ListLogRequest())).entries) == 2


async def test_what_was_called_off_says_why(suite: Suite) -> None:
    await suite.subscribe()
    suite.receiver.gate.clear()
    suite.receiver.answer = lambda _: (500, "")
    await suite.publish("e0")
    await suite.receiver.until(1)
    (delivery,) = await suite.deliveries()
    await suite.user.Cancel(delivery_service_pb2.CancelRequest(id=delivery.id))
    suite.receiver.gate.set()
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_CANCELLED)
    entries = (await suite.user.ListLog(pb.ListLogRequest())).entries
    assert [each.HasField("attempt") for each in entries] == [False, True]
    assert entries[0].reason
    assert entries[0].time.seconds > 0


async def test_the_last_attempts_of_some(suite: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = [(await suite.subscribe()).subscription.id for _ in range(2)]
    await suite.publish("e0")
    for id_ in (one, other):
        await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, target=ref(id_))
    asked = pb.BatchGetLastAttemptsRequest(targets=[ref(one), ref(other), ref(one), ref(99)], bodies=True)
    found = {each.target.id: each.attempt for each in (await suite.user.BatchGetLastAttempts(asked)).attempts}
    assert sorted(found) == [one, other]
    assert {each.request.body for each in found.values()} == {request.body for request in suite.receiver.received}
    monkeypatch.setattr(log_service, "PAGE_BYTES", 2)
    (first,) = (await suite.user.BatchGetLastAttempts(asked)).attempts
    del asked.targets[:]
    asked.targets.extend(ref(id_) for id_ in (one, other) if id_ != first.target.id)
    (second,) = (await suite.user.BatchGetLastAttempts(asked)).attempts
    assert {first.attempt.request.body, second.attempt.request.body} == {each.body for each in suite.receiver.received}
    asked.bodies = False
    assert not any(each.attempt.request.body for each in (await suite.user.BatchGetLastAttempts(asked)).attempts)


@pytest.mark.parametrize("targets, field", [([], "targets"), ([ref(1)] * 51, "targets"), ([ref(0)], "targets[0].id")])
async def test_what_may_not_be_asked_for(suite: Suite, targets: list[dpb.TargetRef], field: str) -> None:
    refused = await refusal(suite.user.BatchGetLastAttempts(pb.BatchGetLastAttemptsRequest(targets=targets)))
    assert refused.fields == (field,)
