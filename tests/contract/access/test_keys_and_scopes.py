"""Who shows no good key, or one that is not for it, is refused by every RPC, and nothing changes."""

from __future__ import annotations

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from hookline.event.v1 import event_pb2, options_pb2
from hookline.registry.v1 import account_pb2

from hookline_runtime.validation import check
from tests.contract.access.asking import SAMPLES, base, filled, put, slots
from tests.contract.access.served import METHODS, access_of, named, reflected
from tests.contract.access.two_accounts import SERVICE, Two

pytestmark = pytest.mark.asyncio(loop_scope="session")
Code = grpc.StatusCode
EVERY = pytest.mark.parametrize("method", METHODS, ids=named)
OF_ACCOUNTS = [each for each in METHODS if "account_id" in each.input_type.fields_by_name]
SCOPES = {
    options_pb2.ACCESS_READ: account_pb2.SCOPE_READ,
    options_pb2.ACCESS_PUBLISH: account_pb2.SCOPE_PUBLISH,
    options_pb2.ACCESS_MANAGE: account_pb2.SCOPE_MANAGE,
    options_pb2.ACCESS_ADMIN: account_pb2.SCOPE_ADMIN,
}
FOR_OPERATORS = [each for each in METHODS if access_of(each) == options_pb2.ACCESS_ADMIN]
FOR_SERVICES = [each for each in METHODS if access_of(each) == options_pb2.ACCESS_SERVICE]


async def test_what_the_servers_serve_is_walked(two: Two) -> None:
    served = await reflected(two.suite.channel) | await reflected(two.suite.world.channel)
    assert served == {method.containing_service.full_name for method in METHODS}


async def test_the_requests_of_the_walk_are_valid(two: Two) -> None:
    assert [named(method) for method in METHODS if check(base(method))] == []
    assert sum(len(list(slots(method))) for method in METHODS) > 80


@EVERY
async def test_without_a_good_key_nobody_learns_anything(two: Two, method: MethodDescriptor) -> None:
    request = base(method)
    (name, appid), (_, secret) = two.second_key
    before = two.rows(1, two.second_id)
    missing = await two.outcome(method, request, ())
    assert (missing.code, missing.reason) == (Code.UNAUTHENTICATED, "KEY_MISSING")
    wrong = await two.outcome(method, request, ((name, appid), ("api-key", f"{secret}x")))
    unknown = await two.outcome(method, request, ((name, "nobody"), ("api-key", secret)))
    assert wrong == unknown
    assert (wrong.code, wrong.reason) == (Code.UNAUTHENTICATED, "KEY_INVALID")
    service = await two.outcome(method, request, (("service-key", "wrong"), *two.second_key))
    assert (service.code, service.reason) == (Code.UNAUTHENTICATED, "KEY_INVALID")
    assert two.rows(1, two.second_id) == before


@pytest.mark.parametrize("method", [each for each in METHODS if access_of(each) in SCOPES], ids=named)
async def test_a_key_without_the_scope_is_refused(two: Two, method: MethodDescriptor) -> None:
    others = [scope for access, scope in SCOPES.items() if access != access_of(method)]
    for account_id in (0, 1):
        given = [scope for scope in others if not account_id or scope != account_pb2.SCOPE_ADMIN]
        refused = await two.outcome(method, base(method), await two.key(account_id, *given))
        assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "SCOPE_MISSING")


@pytest.mark.parametrize("method", [*FOR_OPERATORS, *FOR_SERVICES], ids=named)
async def test_what_is_not_for_accounts_is_refused(two: Two, method: MethodDescriptor) -> None:
    before = two.rows(1, two.second_id)
    refused = await two.outcome(method, base(method), two.first_key)
    assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "SCOPE_MISSING")
    assert two.rows(1, two.second_id) == before


@pytest.mark.parametrize("method", FOR_SERVICES, ids=named)
async def test_what_is_for_services_is_for_no_operator(two: Two, method: MethodDescriptor) -> None:
    operator = await two.key(0, *SCOPES.values())
    assert (await two.outcome(method, base(method), operator)).code is Code.PERMISSION_DENIED


@pytest.mark.parametrize(
    "method",
    [each for each in METHODS if access_of(each) not in (options_pb2.ACCESS_READ, options_pb2.ACCESS_SERVICE)],
    ids=named,
)
async def test_a_service_may_read_and_no_more(two: Two, method: MethodDescriptor) -> None:
    assert (await two.outcome(method, base(method), SERVICE)).code is Code.PERMISSION_DENIED


@pytest.mark.parametrize("method", [each for each in OF_ACCOUNTS if each not in FOR_OPERATORS], ids=named)
async def test_the_account_of_another_is_refused(two: Two, method: MethodDescriptor) -> None:
    before = two.rows(1, two.second_id)
    for account_id in (two.second_id, 99):
        request = base(method)
        request.account_id = account_id
        for slot in slots(method):
            if "." not in slot.path:
                put(request, slot.path, two.second.value(method, slot.name))
        refused = await two.outcome(method, filled(request), two.first_key)
        assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "ACCOUNT_MISMATCH")
    assert two.rows(1, two.second_id) == before


PUBLISHING = [
    (method, field.name)
    for method in METHODS
    for field in method.input_type.fields
    if field.message_type is not None and field.message_type.full_name == event_pb2.Event.DESCRIPTOR.full_name
]


@pytest.mark.parametrize(("method", "field"), PUBLISHING, ids=[named(each) for each, _ in PUBLISHING])
async def test_an_event_of_another_account_is_refused(two: Two, method: MethodDescriptor, field: str) -> None:
    before = two.rows(two.second_id)
    request = base(method)
    held = getattr(request, field)
    event = held[0] if method.input_type.fields_by_name[field].is_repeated else held
    event.CopyFrom(SAMPLES[event_pb2.Event.DESCRIPTOR.full_name])
    event.account_id = two.second_id
    for slot in slots(method):
        put(request, slot.path, two.first.value(method, slot.name))
    came = await two.outcome(method, request, two.first_key)
    assert came.reason == "ACCOUNT_MISMATCH" or "ACCOUNT_MISMATCH" in str(came.answer), came
    assert two.rows(two.second_id) == before
