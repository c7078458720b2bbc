"""Beyond what an account may, it is refused with the quota and the time to wait; over HTTP with 429 and Retry-After."""

from __future__ import annotations

from pathlib import Path

import grpc
import grpc.aio
import httpx
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from hookline.dispatcher.v1 import event_service_pb2, stats_service_pb2
from hookline.registry.v1 import object_type_pb2

from tests.contract.dispatcher.suite import event, running
from tests.contract.gateway.rig import gateway
from tests.contract.registry.conftest import settings_in
from tests.contract.registry.world import hooking, open_world, refusal, subscribing


async def test_an_account_that_publishes_too_fast_is_refused_alone(tmp_path: Path) -> None:
    slow = {"dispatcher_publish_per_second": 0.001, "dispatcher_publish_burst": 2}
    async with running(tmp_path, **slow) as suite:
        other_id, _ = await suite.world.new_account()
        batch = event_service_pb2.PublishBatchRequest(events=[event(f"{number}") for number in range(3)])
        answer = await suite.user.PublishBatch(batch)  # taken whole, and owed
        assert all(each.HasField("ack") for each in answer.results)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await suite.publish("4")
        assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        status = rpc_status.from_call(caught.value)
        assert status is not None
        retry, quota = error_details_pb2.RetryInfo(), error_details_pb2.QuotaFailure()
        assert any(each.Unpack(retry) for each in status.details)
        assert any(each.Unpack(quota) for each in status.details)
        assert retry.retry_delay.seconds >= 1000
        assert quota.violations[0].subject == "events published per second"
        theirs = event("theirs", account_id=other_id)
        known = suite.world.registry.database.head.revision
        await suite.operator.Publish(event_service_pb2.PublishRequest(event=theirs, min_config_revision=known))
        headers = {"Api-Key": suite.world.first.api_key, "Api-Appid": suite.world.first.api_appid}
        async with gateway(suite.world.registry.port, suite.dispatcher.port) as made:
            address = f"http://127.0.0.1:{made.port}"
            async with httpx.AsyncClient(
                base_url=address, headers=headers, verify=False, trust_env=False, timeout=30
            ) as http:
                body = {"event": {"type": "sub_tag", "object_id": "8", "params": {"tag_id": "4"}, "data": {}}}
                refused = await http.post("/v1/events:publish", json=body)
        assert refused.status_code == 429, refused.text
        assert int(refused.headers["retry-after"]) >= 1000


async def test_an_account_whose_events_take_up_too_much_is_refused_alone(tmp_path: Path) -> None:
    async with running(tmp_path, dispatcher_stored_megabytes=1) as suite:
        other_id, _ = await suite.world.new_account()
        data = b'{"text": "%s"}' % (b"x" * 200_000)
        for number in range(6):  # the last of which is taken with less room than it needs
            await suite.user.Publish(event_service_pb2.PublishRequest(event=event(f"{number}", data=data)))
        seen = (await suite.user.GetOverview(stats_service_pb2.GetOverviewRequest())).overview
        assert (seen.stored_bytes, seen.max_stored_bytes) == (6 * (len(data) + 1024), 1024 * 1024)
        batch = event_service_pb2.PublishBatchRequest(events=[event("more")])
        for call in (suite.publish("0"), suite.user.PublishBatch(batch)):
            refused = await refusal(call)
            assert (refused.code, refused.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "STORAGE_QUOTA_EXCEEDED")
        known = suite.world.registry.database.head.revision
        theirs = event("theirs", account_id=other_id)
        await suite.operator.Publish(event_service_pb2.PublishRequest(event=theirs, min_config_revision=known))


async def test_an_account_has_so_many_targets(tmp_path: Path) -> None:
    settings = settings_in(tmp_path).model_copy(update={"registry_max_targets": 2})
    async with open_world(settings) as world:
        await world.user.CreateSubscription(subscribing())
        await world.user.CreateWebhook(hooking())
        for call in (world.user.CreateSubscription(subscribing()), world.user.CreateWebhook(hooking())):
            refused = await refusal(call)
            assert (refused.code, refused.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_TARGETS")
        _, other = await world.new_account()
        await other.CreateWebhook(hooking())


async def test_an_account_has_so_many_object_types_beside_the_standard_ones(tmp_path: Path) -> None:
    def naming(name: str, validate_only: bool = False) -> object_type_pb2.CreateObjectTypeRequest:
        kind = object_type_pb2.ObjectType(name=name)
        return object_type_pb2.CreateObjectTypeRequest(object_type=kind, validate_only=validate_only)

    settings = settings_in(tmp_path).model_copy(update={"registry_max_object_types": 2})
    async with open_world(settings) as world:
        first = await world.user.CreateObjectType(naming("Pet"))
        await world.user.CreateObjectType(naming("Visit"))
        for request in (naming("House"), naming("House", validate_only=True)):
            refused = await refusal(world.user.CreateObjectType(request))
            assert (refused.code, refused.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "TOO_MANY_OBJECT_TYPES")
        _, other = await world.new_account()
        await other.CreateObjectType(naming("House"))
        await world.user.DeleteObjectType(object_type_pb2.DeleteObjectTypeRequest(id=first.object_type.id))
        await world.user.CreateObjectType(naming("House"))
