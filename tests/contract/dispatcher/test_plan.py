"""What an account's plan does not have is not sent by hand either, once it was put on that plan."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import delivery_service_pb2 as pb
from hookline.dispatcher.v1 import target_service_pb2
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import account_pb2

from tests.contract.dispatcher.suite import Suite, event, running
from tests.contract.registry.world import Refusal, refusal

DEAL = 149
DEAD = dpb.DELIVERY_STATE_DEAD
BASIC, PLUS, PRO = account_pb2.PLAN_BASIC, account_pb2.PLAN_PLUS, account_pb2.PLAN_PRO


@pytest.fixture
async def suite(tmp_path: Path) -> AsyncIterator[Suite]:
    async with running(tmp_path) as suite:
        yield suite


async def dead(suite: Suite, event_id: str, object_type_id: int) -> dpb.Delivery:
    await suite.publish(event_id, object_type_id=object_type_id)
    return await suite.until_delivery(lambda each: each.state == DEAD, event_id=event_id)


def shown(refused: Refusal) -> tuple[grpc.StatusCode, str, str]:
    return refused.code, refused.reason, refused.text


def limit(plan: str) -> tuple[grpc.StatusCode, str, str]:
    text = f"the plan {plan} has events of contacts only; this event is about object type {DEAL}"
    return grpc.StatusCode.FAILED_PRECONDITION, "PLAN_LIMIT", text


@pytest.mark.parametrize(("plan", "name"), [(BASIC, "BASIC"), (PLUS, "PLUS")])
async def test_redeliveries_keep_to_the_plan_of_today(
    suite: Suite, plan: account_pb2.Plan.ValueType, name: str
) -> None:
    await suite.subscribe(max_retries=0)
    suite.receiver.answer = lambda _: (500, "")
    deal, contact = await dead(suite, "deal", DEAL), await dead(suite, "contact", 0)
    await suite.change_plan(plan)
    assert shown(await refusal(suite.user.Redeliver(pb.RedeliverRequest(id=deal.id)))) == limit(name)
    assert len(await suite.deliveries()) == 2
    for dry_run in (True, False):
        since = pb.RedeliverSinceRequest(since_time=Timestamp(seconds=1), dry_run=dry_run)
        assert (await suite.user.RedeliverSince(since)).redelivered == 1
    again = (await suite.deliveries())[0]
    assert (again.redelivery_of, len(await suite.deliveries())) == (contact.id, 3)
    assert (await suite.user.Redeliver(pb.RedeliverRequest(id=contact.id))).delivery.redelivery_of == contact.id
    await suite.change_plan(PRO)
    assert (await suite.user.Redeliver(pb.RedeliverRequest(id=deal.id))).delivery.redelivery_of == deal.id


async def test_tests_keep_to_the_plan_of_today(suite: Suite) -> None:
    of_deals = (await suite.subscribe("object_create(149)")).subscription.id
    of_tags = (await suite.subscribe("sub_tag")).subscription.id
    of_the_system = (await suite.subscribe("target_disabled")).subscription.id
    await suite.change_plan(BASIC)

    def testing(id_: int, sample: event_pb2.Event | None = None) -> target_service_pb2.SendTestRequest:
        ref = dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=id_)
        return target_service_pb2.SendTestRequest(target=ref, event=sample)

    assert shown(await refusal(suite.user.SendTest(testing(of_deals)))) == limit("BASIC")
    refused = await refusal(suite.user.SendTest(testing(of_tags, event(object_type_id=DEAL))))
    assert shown(refused) == limit("BASIC")
    assert not suite.receiver.received
    for id_ in (of_tags, of_the_system):
        assert (await suite.user.SendTest(testing(id_))).attempt.outcome == dpb.OUTCOME_DELIVERED
