"""Two accounts see nothing of each other, and no key does more than its scopes, over every RPC that the protos name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio
import pytest
import pytest_asyncio
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import (
    campaign_stats_service_pb2,
    delivery_pb2,
    delivery_service_pb2,
    delivery_service_pb2_grpc,
    event_service_pb2,
    log_service_pb2,
    object_service_pb2,
    preview_service_pb2,
    route_service_pb2,
    target_service_pb2,
)
from hookline.event.v1 import options_pb2
from hookline.registry.v1 import account_pb2, campaign_pb2

from tests.contract.dispatcher.suite import Suite, event, running
from tests.contract.raw_calls import call
from tests.contract.registry.world import Refusal, campaigning, refusal

Code = grpc.StatusCode
Metadata = tuple[tuple[str, str], ...]

METHODS = [
    method
    for file in (
        event_service_pb2,
        delivery_service_pb2,
        log_service_pb2,
        target_service_pb2,
        campaign_stats_service_pb2,
        route_service_pb2,
        object_service_pb2,
        preview_service_pb2,
    )
    for service in file.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]
SCOPES = {
    options_pb2.ACCESS_READ: account_pb2.SCOPE_READ,
    options_pb2.ACCESS_PUBLISH: account_pb2.SCOPE_PUBLISH,
    options_pb2.ACCESS_MANAGE: account_pb2.SCOPE_MANAGE,
}
ABOUT_ONE = ("id", "delivery_id", "event_id", "target", "campaign_id", "definition_id", "webhook_id", "subscription_id")
OF_ACCOUNTS = [method for method in METHODS if "account_id" in method.input_type.fields_by_name]
OF_ONE_THING = [
    method
    for method in OF_ACCOUNTS
    if method.name not in ("ListDeliveries", "RedeliverSince", "Watch", "ListRoutes")  # there they are filters
    and (method.name == "GetObject" or any(name in method.input_type.fields_by_name for name in ABOUT_ONE))
]
EVERY = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)


def ask(suite: Suite, method: MethodDescriptor, request: bytes, metadata: Metadata) -> Any:
    """Calls with raw bytes, and waits for one response."""
    return call(suite.channel, method, request, metadata)


@dataclass
class Two:
    """A suite in which the first account has a target, a campaign, an event and a delivery, the second nothing."""

    suite: Suite
    delivery: delivery_pb2.Delivery
    keys: dict[int, Metadata]
    other_id: int
    other: Metadata

    def request(self, method: MethodDescriptor, account_id: int, *, real: bool = True) -> bytes:
        """A good request about what the first account has or, when not ``real``, what nobody has."""
        request: Message = GetMessageClass(method.input_type)()
        away = 0 if real else 1_000_000
        values: dict[str, Any] = {
            "account_id": account_id,
            "id": self.delivery.id + away,
            "delivery_id": self.delivery.id + away,
            "number": 1,
            "campaign_id": 1 + away,
            "definition_id": 1 + away,
            "webhook_id": 1 + away,
            "subscription_id": 1 + away,
            "count": campaign_stats_service_pb2.CONTACT_COUNT_REACHED,
            "source": "campaign",
            "object_id": "8" if real else "nobodys",
            "event_id": self.delivery.event_id if real else "nobodys",
            "since_time": Timestamp(seconds=1),
        }
        for name in values.keys() & method.input_type.fields_by_name.keys():
            if name == "since_time":
                request.since_time.CopyFrom(values[name])  # type: ignore[attr-defined]  # looked up above
            else:
                setattr(request, name, values[name])
        target = delivery_pb2.TargetRef(kind=self.delivery.target.kind, id=self.delivery.target.id + away)
        if "ids" in method.input_type.fields_by_name:
            request.ids.append(self.delivery.id + away)  # type: ignore[attr-defined]  # looked up the line above
        if "targets" in method.input_type.fields_by_name:
            request.targets.append(target)  # type: ignore[attr-defined]  # looked up the line above
        if "target" in method.input_type.fields_by_name:
            request.target.CopyFrom(target)  # type: ignore[attr-defined]  # looked up the line above
        return request.SerializeToString()


async def new_key(suite: Suite, account_id: int, *scopes: account_pb2.Scope.ValueType) -> tuple[Metadata, int]:
    asked = account_pb2.CreateKeyRequest(name="k", account_id=account_id, scopes=scopes)
    made = await suite.world.operator.CreateKey(asked)
    return (("api-appid", made.key.application_id), ("api-key", made.secret)), made.key.id


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    async with running(tmp_path_factory.mktemp("suite")) as suite:
        await suite.subscribe()
        await suite.world.user.CreateCampaign(campaigning())
        published = await suite.world.user.PublishCampaign(campaign_pb2.PublishCampaignRequest(id=1))
        suite.revision = published.config_revision
        await suite.publish("theirs")
        delivered = delivery_pb2.DELIVERY_STATE_DELIVERED
        delivery = await suite.until_delivery(lambda each: each.state == delivered)
        keys: dict[int, Metadata] = {access: (await new_key(suite, 1, scope))[0] for access, scope in SCOPES.items()}
        other_id, _ = await suite.world.new_account()
        other, _ = await new_key(suite, other_id, *SCOPES.values())
        yield Two(suite, delivery, keys, other_id, other)


def access_of(method: MethodDescriptor) -> int:
    return int(method.GetOptions().Extensions[options_pb2.access])


def test_every_rpc_is_covered() -> None:
    assert len(METHODS) == 33
    assert {access_of(method) for method in METHODS} == set(SCOPES)
    assert {method.name for method in METHODS} - {method.name for method in OF_ACCOUNTS} == {
        "Publish",
        "PublishBatch",
        "PublishStream",
        "Explain",
    }
    assert len(OF_ONE_THING) == 19


@pytest.mark.asyncio(loop_scope="module")
@EVERY
async def test_a_key_without_the_scope_is_refused(two: Two, method: MethodDescriptor) -> None:
    for access, key in two.keys.items():
        if access != access_of(method):
            refused = await refusal(ask(two.suite, method, b"", key))
            assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "SCOPE_MISSING")


@pytest.mark.asyncio(loop_scope="module")
@EVERY
async def test_who_shows_no_good_key_learns_nothing(two: Two, method: MethodDescriptor) -> None:
    name, secret = two.other
    shown: dict[str, Metadata] = {
        "KEY_MISSING": (),
        "KEY_INVALID": (name, ("api-key", "wrong")),
    }
    for reason, metadata in shown.items():
        refused = await refusal(ask(two.suite, method, two.request(method, 0), metadata))
        assert (refused.code, refused.reason) == (Code.UNAUTHENTICATED, reason)
    wrong = await refusal(ask(two.suite, method, b"", (name, ("api-key", "wrong"))))
    unknown = await refusal(ask(two.suite, method, b"", (("api-appid", "nobody"), secret)))
    assert wrong == unknown


@pytest.mark.asyncio(loop_scope="module")
@EVERY
async def test_a_revoked_key_is_refused(two: Two, method: MethodDescriptor) -> None:
    key, key_id = await new_key(two.suite, two.other_id, *SCOPES.values())
    revoke = account_pb2.RevokeKeyRequest(account_id=two.other_id, id=key_id)
    revision = (await two.suite.world.operator.RevokeKey(revoke)).config_revision
    waiting = event(account_id=two.other_id)
    await two.suite.operator.Publish(event_service_pb2.PublishRequest(event=waiting, min_config_revision=revision))
    refused = await refusal(ask(two.suite, method, b"", key))
    assert (refused.code, refused.reason) == (Code.UNAUTHENTICATED, "KEY_REVOKED")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("method", OF_ACCOUNTS, ids=lambda method: method.name)
async def test_the_account_of_another_is_refused(two: Two, method: MethodDescriptor) -> None:
    for account_id in (1, 99):
        refused = await refusal(ask(two.suite, method, two.request(method, account_id), two.other))
        assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "ACCOUNT_MISMATCH")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("method", OF_ONE_THING, ids=lambda method: method.name)
async def test_what_another_account_has_is_as_absent_as_any(two: Two, method: MethodDescriptor) -> None:
    had = await refusal(ask(two.suite, method, two.request(method, 0), two.other))
    absent = await refusal(ask(two.suite, method, two.request(method, 0, real=False), two.other))
    assert (had.code, had.text, had.reason, had.fields) == (absent.code, absent.text, absent.reason, absent.fields)
    assert had.code is Code.NOT_FOUND


@pytest.mark.asyncio(loop_scope="module")
async def test_among_several_what_another_account_has_is_as_absent_as_any(two: Two) -> None:
    ids = [two.delivery.id, two.delivery.id + 1_000_000]
    asked = delivery_service_pb2.BatchRedeliverRequest(ids=ids)
    stub = delivery_service_pb2_grpc.DeliveryServiceStub(two.suite.channel)
    answer = await stub.BatchRedeliver(asked, metadata=two.other)
    had, absent = answer.results
    assert (had.error.code, had.error.message) == (absent.error.code, absent.error.message)
    assert had.error.code == Code.NOT_FOUND.value[0]


@pytest.mark.asyncio(loop_scope="module")
@EVERY
async def test_bytes_that_are_no_message_are_refused(two: Two, method: MethodDescriptor) -> None:
    for garbage in (b"\xff\xff\xff", b"\x0a\xff\xff\xff\xff\x0f", b"\x0b" * 300):
        refused = await refusal(ask(two.suite, method, garbage, two.keys[access_of(method)]))
        assert (refused.code, refused.reason) == (Code.INVALID_ARGUMENT, "INVALID_ARGUMENT")


@pytest.mark.asyncio(loop_scope="module")
@EVERY
async def test_an_empty_request_of_an_operator_says_what_is_missing(two: Two, method: MethodDescriptor) -> None:
    first = two.suite.world.first
    operator = (("api-appid", first.operator_appid), ("api-key", first.operator_key))
    refused: Refusal = await refusal(ask(two.suite, method, b"", operator))
    assert refused.code is Code.INVALID_ARGUMENT
    assert refused.fields
