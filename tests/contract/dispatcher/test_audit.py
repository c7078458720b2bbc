"""What is changed in the dispatcher gets into the audit log of the registry, whichever RPC it was."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import grpc.aio
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2, object_service_pb2, target_service_pb2
from hookline.registry.v1 import audit_pb2

from tests.contract.dispatcher.receiver import BOUND
from tests.contract.dispatcher.suite import Suite, event, running

TARGET = delivery_pb2.TargetRef(kind=delivery_pb2.TARGET_KIND_SUBSCRIPTION, id=1)


async def told(suite: Suite, number: int) -> list[audit_pb2.AuditEntry]:
    """The entries about what the dispatcher did, once there are so many."""
    async with asyncio.timeout(BOUND):
        while True:
            page = await suite.world.user.ListAuditEntries(audit_pb2.ListAuditEntriesRequest())
            found = [each for each in page.audit_entries if ".dispatcher." in each.method]
            if len(found) >= number:
                return found[::-1]


async def test_what_is_done_is_told_to_the_registry(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        await suite.subscribe()
        await suite.publish("e1")
        delivery = await suite.until_delivery(lambda each: each.state == delivery_pb2.DELIVERY_STATE_DELIVERED)
        asked: list[tuple[Any, Any, str]] = [
            (
                suite.user.PauseTarget,
                target_service_pb2.PauseTargetRequest(target=TARGET, reason="r"),
                "subscription/1",
            ),
            (suite.user.ResumeTarget, target_service_pb2.ResumeTargetRequest(target=TARGET), "subscription/1"),
            (suite.user.SendTest, target_service_pb2.SendTestRequest(target=TARGET, event=event()), "subscription/1"),
            (suite.user.Redeliver, delivery_service_pb2.RedeliverRequest(id=delivery.id), f"delivery/{delivery.id}"),
            (
                suite.user.RedeliverSince,
                delivery_service_pb2.RedeliverSinceRequest(since_time=Timestamp(seconds=1)),
                "delivery",
            ),
            (suite.user.EraseObject, object_service_pb2.EraseObjectRequest(object_id="8"), "object/0/8"),
        ]
        for call, request, _ in asked:
            await call(request)
        entries = await told(suite, len(asked))
        assert [each.resource for each in entries] == [resource for _, _, resource in asked]
        assert [each.method.rpartition(".")[2] for each in entries] == [
            request.DESCRIPTOR.name.removesuffix("Request") for _, request, _ in asked
        ]
        assert {(each.account_id, each.application_id) for each in entries} == {(1, suite.world.first.api_appid)}
        assert json.loads(entries[0].after)["reason"] == "r"
        assert "event" not in json.loads(entries[2].after)


async def test_what_was_refused_is_not_told(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        await suite.subscribe()
        await suite.publish("e1")
        for method, request in (
            ("Cancel", delivery_service_pb2.CancelRequest(id=99)),
            ("Redeliver", delivery_service_pb2.RedeliverRequest(id=99)),
            ("SendTest", target_service_pb2.SendTestRequest(target=delivery_pb2.TargetRef(kind=TARGET.kind, id=99))),
        ):
            with pytest.raises(grpc.aio.AioRpcError):
                await getattr(suite.user, method)(request)
        await suite.user.PauseTarget(target_service_pb2.PauseTargetRequest(target=TARGET))
        (entry,) = await told(suite, 1)
        assert entry.method.endswith(".PauseTarget")
