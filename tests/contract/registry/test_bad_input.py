"""Each bad input gives the right code and the path of the field, and changes nothing."""

import base64
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import account_pb2 as accounts
from hookline.registry.v1 import config_pb2 as config
from hookline.registry.v1 import object_type_pb2 as types
from hookline.registry.v1 import subscription_pb2 as subscriptions

from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, refusal, subscribing

Code = grpc.StatusCode
TEXT = types.FIELD_KIND_TEXT
MASK = FieldMask(paths=["nothing"])


@dataclass(frozen=True)
class Case:
    request: Message
    fields: tuple[str, ...] = ()
    code: grpc.StatusCode = Code.INVALID_ARGUMENT
    caller: str = "user"


def headers(*pairs: tuple[str, str]) -> list[subscriptions.Header]:
    return [subscriptions.Header(name=name, value=value) for name, value in pairs]


def secret(size: int) -> str:
    return "whsec_" + base64.b64encode(bytes(size)).decode()


def with_secret(text: str) -> subscriptions.CreateSubscriptionRequest:
    request = subscribing()
    request.signing_secret = text
    return request


def sub_update(*paths: str, **values: Any) -> subscriptions.UpdateSubscriptionRequest:
    given = subscriptions.Subscription(id=1, **values)
    return subscriptions.UpdateSubscriptionRequest(subscription=given, update_mask=FieldMask(paths=paths))


def typed(*fields: types.Field, name: str = "Pet") -> types.CreateObjectTypeRequest:
    return types.CreateObjectTypeRequest(object_type=types.ObjectType(name=name, fields=fields))


def field(key: str = "k", label: str = "L", kind: types.FieldKind.ValueType = TEXT, related: int = 0) -> types.Field:
    return types.Field(key=key, label=label, kind=kind, related_object_type_id=related)


def account(**values: Any) -> accounts.CreateAccountRequest:
    return accounts.CreateAccountRequest(account=accounts.Account(**values))


URL = ("subscription.url",)
EVENT = ("subscription.event",)
FIELD = "object_type.fields[1]."

CASES = {
    # events
    "unknown event": Case(subscribing("sub_tags(4)"), EVENT),
    "empty event": Case(subscribing(""), EVENT),
    "event with a bad number": Case(subscribing("sub_tag(-1)"), EVENT),
    "event with an open bracket": Case(subscribing("sub_tag(4"), EVENT),
    "event too long": Case(subscribing("x" * 129), EVENT),
    # URLs
    "empty url": Case(subscribing(url=""), URL),
    "relative url": Case(subscribing(url="/hook"), URL),
    "not http": Case(subscribing(url="ftp://example.com/"), URL),
    "user info": Case(subscribing(url="https://me:you@example.com/"), URL),
    "control character": Case(subscribing(url="https://example.com/\r\nX: y"), URL),
    "blank": Case(subscribing(url="https://example.com/a b"), URL),
    "backslash": Case(subscribing(url="https://example.com\\@10.0.0.1/"), URL),
    "no host": Case(subscribing(url="https:///x"), URL),
    "bad port": Case(subscribing(url="https://example.com:99999/"), URL),
    "loopback": Case(subscribing(url="http://127.0.0.1/"), URL),
    "localhost": Case(subscribing(url="http://api.localhost./"), URL),
    "metadata service": Case(subscribing(url="http://169.254.169.254/latest"), URL),
    "decimal address": Case(subscribing(url="http://2130706433/"), URL),
    "url too long": Case(subscribing(url="https://example.com/" + "x" * 2048), URL),
    # numbers
    "max_retries too large": Case(subscribing(max_retries=181), ("subscription.max_retries",)),
    "max_retries below 0": Case(subscribing(max_retries=-1), ("subscription.max_retries",)),
    "no requests per minute": Case(subscribing(requests_per_minute=0), ("subscription.requests_per_minute",)),
    "too many requests per minute": Case(subscribing(requests_per_minute=181), ("subscription.requests_per_minute",)),
    "timeout too short": Case(subscribing(timeout=Duration(nanos=999_999_999)), ("subscription.timeout",)),
    "timeout too long": Case(subscribing(timeout=Duration(seconds=60, nanos=1)), ("subscription.timeout",)),
    "timeout of two signs": Case(subscribing(timeout=Duration(seconds=5, nanos=-1)), ("subscription.timeout",)),
    "timeout with nanos of a second": Case(subscribing(timeout=Duration(nanos=10**9)), ("subscription.timeout",)),
    "unknown format": Case(subscribing(format=9), ("subscription.format",)),
    "unknown dead head": Case(subscribing(dead_head=9), ("subscription.dead_head",)),
    # content
    "unknown content type": Case(subscribing(content_type="image/png"), ("subscription.content_type",)),
    "content type that is none": Case(subscribing(content_type="json"), ("subscription.content_type",)),
    "content type with a control character": Case(
        subscribing(content_type="text/plain;\x01"), ("subscription.content_type",)
    ),
    "content type of nothing visible": Case(subscribing(content_type="\x85"), ("subscription.content_type",)),
    "content type of parameters alone": Case(subscribing(content_type=";x=y"), ("subscription.content_type",)),
    "header name": Case(subscribing(headers=headers(("a b", "x"))), ("subscription.headers[0].name",)),
    "header value": Case(subscribing(headers=headers(("a", "x\r\ny: z"))), ("subscription.headers[0].value",)),
    "header value with a C1 control": Case(
        subscribing(headers=headers(("a", "x\x85y"))), ("subscription.headers[0].value",)
    ),
    "owned header": Case(subscribing(headers=headers(("Host", "x"))), ("subscription.headers[0].name",)),
    "signature header": Case(
        subscribing(headers=headers(("a", ""), ("Webhook-Signature", "v1,x"))), ("subscription.headers[1].name",)
    ),
    "proxy header": Case(subscribing(headers=headers(("proxy-authorization", "x"))), ("subscription.headers[0].name",)),
    "header twice": Case(subscribing(headers=headers(("X-A", "1"), ("x-a", "2"))), ("subscription.headers[1].name",)),
    "too many headers": Case(
        subscribing(headers=headers(*((f"h{n}", "") for n in range(51)))), ("subscription.headers",)
    ),
    "two faults at once": Case(
        subscribing(url="x", headers=headers(("te", "")), content_type="image/png"),
        ("subscription.url", "subscription.content_type", "subscription.headers[0].name"),
    ),
    "no subscription": Case(subscriptions.CreateSubscriptionRequest(), ("subscription",)),
    # secrets
    "secret without prefix": Case(with_secret(base64.b64encode(bytes(32)).decode()), ("signing_secret",)),
    "secret too short": Case(with_secret(secret(23)), ("signing_secret",)),
    "secret too long": Case(with_secret(secret(65)), ("signing_secret",)),
    "secret not base64": Case(with_secret("whsec_" + "ä" * 32), ("signing_secret",)),
    "rotate to a bad secret": Case(
        subscriptions.RotateSecretRequest(id=1, signing_secret="whsec_x"), ("signing_secret",)
    ),
    "overlap too long": Case(
        subscriptions.RotateSecretRequest(id=1, overlap=Duration(seconds=7 * 86_400 + 1)), ("overlap",)
    ),
    "overlap below 0": Case(subscriptions.RotateSecretRequest(id=1, overlap=Duration(seconds=-1)), ("overlap",)),
    "overlap of two signs": Case(
        subscriptions.RotateSecretRequest(id=1, overlap=Duration(seconds=5, nanos=-1)), ("overlap",)
    ),
    # updates
    "update to a timeout of two signs": Case(
        sub_update("timeout", timeout=Duration(seconds=5, nanos=-1)), ("subscription.timeout",)
    ),
    "unknown path": Case(sub_update("secrets"), ("update_mask",)),
    "path of the server": Case(sub_update("id"), ("update_mask",)),
    "path into nothing": Case(sub_update("timeout.seconds"), ("update_mask",)),
    "update to a bad url": Case(sub_update(url="http://10.0.0.1/"), URL),
    "update to a bad number": Case(sub_update(max_retries=181), ("subscription.max_retries",)),
    "update to no requests per minute": Case(
        sub_update("requests_per_minute", requests_per_minute=0), ("subscription.requests_per_minute",)
    ),
    "update to too many requests per minute": Case(
        sub_update("requests_per_minute", requests_per_minute=181), ("subscription.requests_per_minute",)
    ),
    "update to retries below 0": Case(sub_update("max_retries", max_retries=-1), ("subscription.max_retries",)),
    "update with an old etag": Case(sub_update("max_retries", max_retries=1, etag="old"), (), Code.ABORTED),
    "clear the url": Case(sub_update("url"), URL),
    "clear the event": Case(sub_update("event"), EVENT),
    "update to an unknown event": Case(sub_update(event="nope"), EVENT),
    "update to an owned header": Case(sub_update(headers=headers(("Host", ""))), ("subscription.headers[0].name",)),
    "update without an id": Case(
        subscriptions.UpdateSubscriptionRequest(subscription=subscriptions.Subscription(max_retries=1)),
        ("subscription.id",),
    ),
    "update of an account without an id": Case(
        accounts.UpdateAccountRequest(account=accounts.Account(name="x")), ("account.id",), caller="operator"
    ),
    "nothing to update": Case(subscriptions.UpdateSubscriptionRequest(), ("subscription",)),
    "no such subscription": Case(
        subscriptions.UpdateSubscriptionRequest(subscription=subscriptions.Subscription(id=99)), (), Code.NOT_FOUND
    ),
    # pages
    "garbage as page token": Case(subscriptions.ListSubscriptionsRequest(page_token="garbage!"), ("page_token",)),
    "page size too large": Case(subscriptions.ListSubscriptionsRequest(page_size=1001), ("page_size",)),
    "page size below 0": Case(types.ListObjectTypesRequest(page_size=-1), ("page_size",)),
    # object types
    "name of blanks": Case(typed(name="  "), ("object_type.name",)),
    "no name": Case(typed(name=""), ("object_type.name",)),
    "bad key": Case(typed(field(), field("1st")), (FIELD + "key",)),
    "same key": Case(typed(field("a", "A"), field("A", "B")), (FIELD + "key",)),
    "same label": Case(typed(field("a", "First Name"), field("b", " first name ")), (FIELD + "label",)),
    "label of blanks": Case(typed(field(), field("b", " ")), (FIELD + "label",)),
    **{f"label with {sign}": Case(typed(field(), field("b", f"Size {sign}m")), (FIELD + "label",)) for sign in "[]|"},
    "no kind": Case(typed(field(), field("b", "B", types.FIELD_KIND_UNSPECIFIED)), (FIELD + "kind",)),
    "relation to nothing": Case(
        typed(field(), field("b", "B", types.FIELD_KIND_RELATION, 7)), (FIELD + "related_object_type_id",)
    ),
    "related, but no relation": Case(typed(field(), field("b", "B", TEXT, 149)), (FIELD + "related_object_type_id",)),
    "update fields to the same key": Case(
        types.UpdateObjectTypeRequest(object_type=types.ObjectType(id=0, fields=[field("a"), field("A", "B")])),
        (FIELD + "key",),
    ),
    "update fields to a bad key": Case(
        types.UpdateObjectTypeRequest(object_type=types.ObjectType(id=0, fields=[field(), field("-", "B")])),
        (FIELD + "key",),
    ),
    "object type, unknown path": Case(
        types.UpdateObjectTypeRequest(object_type=types.ObjectType(id=0), update_mask=MASK), ("update_mask",)
    ),
    "no such object type": Case(types.DeleteObjectTypeRequest(id=1), (), Code.NOT_FOUND),
    "a standard object type": Case(types.DeleteObjectTypeRequest(), (), Code.FAILED_PRECONDITION),
    "update fields to a label with a bracket": Case(
        types.UpdateObjectTypeRequest(object_type=types.ObjectType(id=0, fields=[field(), field("b", "Size [m]")])),
        (FIELD + "label",),
    ),
    # keys
    "key without a name": Case(accounts.CreateKeyRequest(scopes=[accounts.SCOPE_READ]), ("name",)),
    "key with a name of blanks": Case(accounts.CreateKeyRequest(name=" ", scopes=[accounts.SCOPE_READ]), ("name",)),
    "no scopes": Case(accounts.CreateKeyRequest(name="k"), ("scopes",)),
    "scope twice": Case(
        accounts.CreateKeyRequest(name="k", scopes=[accounts.SCOPE_READ, accounts.SCOPE_READ]), ("scopes",)
    ),
    "unknown scope": Case(accounts.CreateKeyRequest(name="k", scopes=[9]), ("scopes[0]",)),  # type: ignore[list-item]  # the point
    "admin for an account key": Case(
        accounts.CreateKeyRequest(name="k", account_id=1, scopes=[accounts.SCOPE_READ, accounts.SCOPE_ADMIN]),
        ("scopes[1]",),
        caller="operator",
    ),
    "admin from an account key": Case(
        accounts.CreateKeyRequest(name="k", scopes=[accounts.SCOPE_ADMIN]), (), Code.PERMISSION_DENIED
    ),
    "expired from the start": Case(
        accounts.CreateKeyRequest(name="k", scopes=[accounts.SCOPE_READ], expire_time=Timestamp(seconds=1)),
        ("expire_time",),
    ),
    "a time that is none": Case(
        accounts.CreateKeyRequest(name="k", scopes=[accounts.SCOPE_READ], expire_time=Timestamp(seconds=2**62)),
        ("expire_time",),
    ),
    "operator key of an account": Case(
        accounts.CreateKeyRequest(
            name="k", kind=accounts.KEY_KIND_OPERATOR, account_id=1, scopes=[accounts.SCOPE_READ]
        ),
        ("account_id",),
        caller="operator",
    ),
    "no such key": Case(accounts.RevokeKeyRequest(id=99), (), Code.NOT_FOUND),
    "key without an id": Case(accounts.GetKeyRequest(), ("id",)),
    # accounts
    "account without a name": Case(account(plan=accounts.PLAN_PRO), ("account.name",), caller="operator"),
    "account with a name of blanks": Case(
        account(name="  ", plan=accounts.PLAN_PRO), ("account.name",), caller="operator"
    ),
    "account renamed to blanks": Case(
        accounts.UpdateAccountRequest(account=accounts.Account(id=1, name=" ")), ("account.name",), caller="operator"
    ),
    "account with a NUL in its name": Case(
        account(name="a\0b", plan=accounts.PLAN_PRO), ("account.name",), caller="operator"
    ),
    "account with an escape in its name": Case(
        account(name="a\x1b[31m", plan=accounts.PLAN_PRO), ("account.name",), caller="operator"
    ),
    "account without a plan": Case(account(name="x"), ("account.plan",), caller="operator"),
    "account, unknown path": Case(
        accounts.UpdateAccountRequest(account=accounts.Account(id=1), update_mask=MASK),
        ("update_mask",),
        caller="operator",
    ),
    "clear the plan": Case(
        accounts.UpdateAccountRequest(account=accounts.Account(id=1), update_mask=FieldMask(paths=["plan"])),
        ("account.plan",),
        caller="operator",
    ),
    "no such account": Case(accounts.DeleteAccountRequest(account_id=99), (), Code.NOT_FOUND, "operator"),
    "operator without an account": Case(types.ListObjectTypesRequest(), ("account_id",), caller="operator"),
    "account_id below 0": Case(types.ListObjectTypesRequest(account_id=-1), ("account_id",)),
    "another account": Case(types.ListObjectTypesRequest(account_id=2), (), Code.PERMISSION_DENIED),
    # between the services
    "resume below 0": Case(config.WatchRequest(resume_revision=-1), ("resume_revision",), caller="service"),
    "key without an application id": Case(config.LookUpKeyRequest(), ("application_id",), caller="service"),
    "use at no time": Case(
        config.ReportKeyUseRequest(uses=[config.KeyUse(application_id="x", last_used_time=Timestamp(seconds=2**62))]),
        ("uses[0].last_used_time",),
        caller="service",
    ),
}


def method_of(request: Message) -> str:
    return request.DESCRIPTOR.name.removesuffix("Request")


async def answered(call: Any) -> Any:
    return await call.read() if hasattr(call, "read") else await call


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_bad_input(shared_world: World, case: Case) -> None:
    before = shared_world.registry.database.head.revision
    caller = getattr(shared_world, case.caller)
    refused = await refusal(answered(getattr(caller, method_of(case.request))(case.request)))
    assert (refused.code, refused.fields) == (case.code, case.fields), refused.text
    assert "whsec_" not in refused.text.replace("must be whsec_", "")
    await shared_world.registry.database.poll()
    assert shared_world.registry.database.head.revision == before


@pytest.mark.asyncio(loop_scope="module")
async def test_the_feed_is_as_before(shared_world: World) -> None:
    replica = Replica()
    await replica.catch_up(shared_world)
    assert len(replica.items) == 1 + 2 + 3 + 1
