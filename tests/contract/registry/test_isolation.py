"""Two accounts with the same ids see nothing of each other, over every RPC that the protos name."""

from collections.abc import Iterator

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hookline.event.v1 import options_pb2
from hookline.registry.v1 import (
    account_pb2,
    campaign_pb2,
    config_pb2,
    form_pb2,
    global_rule_pb2,
    object_type_pb2,
    subscription_pb2,
    webhook_pb2,
)

from tests.contract.registry.world import (
    URL,
    World,
    campaigning,
    forming,
    hooking,
    outcome,
    refusal,
    ruling,
    subscribing,
)

Code = grpc.StatusCode
FILES = (
    account_pb2,
    object_type_pb2,
    subscription_pb2,
    webhook_pb2,
    global_rule_pb2,
    form_pb2,
    campaign_pb2,
    config_pb2,
)
FOR_ACCOUNTS = (options_pb2.ACCESS_READ, options_pb2.ACCESS_PUBLISH, options_pb2.ACCESS_MANAGE)

CREATES: dict[str, Message] = {
    "CreateKey": account_pb2.CreateKeyRequest(name="k", scopes=[account_pb2.SCOPE_READ]),
    "CreateObjectType": object_type_pb2.CreateObjectTypeRequest(object_type=object_type_pb2.ObjectType(name="new")),
    "CreateSubscription": subscribing(),
    "CreateWebhook": hooking(),
    "CreateGlobalRule": ruling(3),
    "CreateForm": forming(3),
    "CreateCampaign": campaigning(3),
    "ValidateCampaign": campaign_pb2.ValidateCampaignRequest(campaign=campaigning(3).campaign),
}


def methods(*wanted: int) -> Iterator[MethodDescriptor]:
    for file in FILES:
        for service in file.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                if method.GetOptions().Extensions[options_pb2.access] in wanted:
                    yield method


def request_for(method: MethodDescriptor, account_id: int, item_id: int) -> Message:
    """Make a good request about an account and, where the RPC is about one thing, that thing."""
    request: Message = GetMessageClass(method.input_type)()
    if method.name in CREATES:
        request.CopyFrom(CREATES[method.name])
    request.account_id = account_id  # type: ignore[attr-defined]  # every such request has it: checked below
    if "id" in method.input_type.fields_by_name:
        request.id = item_id  # type: ignore[attr-defined]  # looked up the line above
    if method.name == "UpdateObjectType":
        request.object_type.id = item_id  # type: ignore[attr-defined]  # of this one type
        request.object_type.name = "changed"  # type: ignore[attr-defined]  # of this one type
    if method.name == "UpdateSubscription":
        request.subscription.id = item_id  # type: ignore[attr-defined]  # of this one type
        request.subscription.url = URL  # type: ignore[attr-defined]  # of this one type
    if method.name == "UpdateWebhook":
        request.webhook.id = item_id  # type: ignore[attr-defined]  # of this one type
        request.webhook.url = URL  # type: ignore[attr-defined]  # of this one type
    if method.name == "UpdateGlobalRule":
        request.rule.id = item_id  # type: ignore[attr-defined]  # of this one type
        request.rule.name = "changed"  # type: ignore[attr-defined]  # of this one type
    if method.name == "UpdateForm":
        request.form.id = item_id  # type: ignore[attr-defined]  # of this one type
        request.form.name = "changed"  # type: ignore[attr-defined]  # of this one type
    if method.name == "UpdateCampaign":
        request.campaign.id = item_id  # type: ignore[attr-defined]  # of this one type
        request.campaign.name = "changed"  # type: ignore[attr-defined]  # of this one type
    return request


UPDATES = (
    "UpdateObjectType",
    "UpdateSubscription",
    "UpdateWebhook",
    "UpdateGlobalRule",
    "UpdateForm",
    "UpdateCampaign",
)
OF_ACCOUNTS = list(methods(*FOR_ACCOUNTS))
ABOUT_ONE = [method for method in OF_ACCOUNTS if "id" in method.input_type.fields_by_name or method.name in UPDATES]


def test_every_rpc_is_covered() -> None:
    names = {method.name for method in OF_ACCOUNTS}
    assert len(OF_ACCOUNTS) == 45
    assert names >= {*CREATES, "GetAccount", "RotateSecret", "RotateWebhookSecret", "RevokeKey"}
    assert len(ABOUT_ONE) == 29
    assert all("account_id" in method.input_type.fields_by_name for method in OF_ACCOUNTS)


@pytest.mark.parametrize("method", OF_ACCOUNTS, ids=lambda method: method.name)
@pytest.mark.asyncio(loop_scope="module")
async def test_the_account_of_another_is_refused(shared_world: World, method: MethodDescriptor) -> None:
    for account_id in (2, 99):
        refused = await refusal(getattr(shared_world.user, method.name)(request_for(method, account_id, 1)))
        assert (refused.code, refused.reason) == (Code.PERMISSION_DENIED, "ACCOUNT_MISMATCH")


@pytest.mark.parametrize("method", OF_ACCOUNTS, ids=lambda method: method.name)
@pytest.mark.asyncio(loop_scope="module")
async def test_an_operator_finds_no_account_that_is_not_there(shared_world: World, method: MethodDescriptor) -> None:
    refused = await refusal(getattr(shared_world.operator, method.name)(request_for(method, 99, 1)))
    assert (refused.code, refused.text) == (Code.NOT_FOUND, "there is no account 99")


@pytest.mark.parametrize(
    "method", [*methods(options_pb2.ACCESS_ADMIN), *methods(options_pb2.ACCESS_SERVICE)], ids=lambda method: method.name
)
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_not_for_accounts_is_refused(shared_world: World, method: MethodDescriptor) -> None:
    call = getattr(shared_world.user, method.name)(GetMessageClass(method.input_type)())
    assert await outcome(call.read() if method.server_streaming else call) is Code.PERMISSION_DENIED


async def test_an_id_that_another_account_has_is_as_absent_as_any(world: World) -> None:
    account_id, other = await world.new_account()
    for _ in range(3):
        await other.CreateSubscription(subscribing())
        await other.CreateWebhook(hooking())
        await other.CreateKey(account_pb2.CreateKeyRequest(name="k", scopes=[account_pb2.SCOPE_READ]))
    for _ in range(3):
        await other.CreateGlobalRule(ruling(1, 2, 3))
        await other.CreateForm(forming(1, 2, 3))
        await other.CreateCampaign(campaigning(1, 2, 3))
    kind = object_type_pb2.ObjectType(name="theirs")
    for number in range(3):
        kind.name = f"theirs {number}"
        await other.CreateObjectType(object_type_pb2.CreateObjectTypeRequest(object_type=kind))
    for method in ABOUT_ONE:
        theirs, nobodys = (10002, 10077) if "ObjectType" in method.name else (3, 77)
        call = getattr(world.user, method.name)
        had = await refusal(call(request_for(method, 0, theirs)))
        absent = await refusal(call(request_for(method, 0, nobodys)))
        assert had.code is absent.code is Code.NOT_FOUND
        assert had.text.replace(str(theirs), "N") == absent.text.replace(str(nobodys), "N")
    listed = await world.operator.ListSubscriptions(subscription_pb2.ListSubscriptionsRequest(account_id=account_id))
    assert [each.id for each in listed.subscriptions] == [1, 2, 3]
    assert not (await world.user.ListSubscriptions(subscription_pb2.ListSubscriptionsRequest())).subscriptions


async def test_a_page_token_of_another_account_is_refused(world: World) -> None:
    _, other = await world.new_account()
    page = await other.ListObjectTypes(object_type_pb2.ListObjectTypesRequest(page_size=1))
    asked = object_type_pb2.ListObjectTypesRequest(page_token=page.next_page_token)
    assert (await refusal(world.user.ListObjectTypes(asked))).fields == ("page_token",)


async def test_a_request_id_of_another_account_is_ones_own(world: World) -> None:
    _, other = await world.new_account()
    asked = subscribing()
    asked.request_id = "r"
    mine, theirs = await world.user.CreateSubscription(asked), await other.CreateSubscription(asked)
    assert (mine.subscription.account_id, theirs.subscription.account_id) == (1, 2)
    assert theirs.signing_secret not in ("", mine.signing_secret)
