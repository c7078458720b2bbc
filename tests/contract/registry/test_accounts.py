from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2 as pb
from hookline.registry.v1 import object_type_pb2, subscription_pb2

from tests.contract.registry.world import World, refusal, subscribing

Code = grpc.StatusCode


def updating(account: pb.Account, *paths: str) -> pb.UpdateAccountRequest:
    return pb.UpdateAccountRequest(account=account, update_mask=FieldMask(paths=paths))


async def test_ids_count_from_one_and_are_never_given_again(world: World) -> None:
    second, _ = await world.new_account()
    await world.operator.DeleteAccount(pb.DeleteAccountRequest(account_id=second))
    third, _ = await world.new_account()
    assert (world.first.account_id, second, third) == (1, 2, 3)


async def test_create_shows_what_is_stored(world: World) -> None:
    asked = pb.Account(id=77, name="Ümläut & Söhne", plan=pb.PLAN_PLUS, features=pb.FeatureSwitches(form_rules=True))
    made = await world.operator.CreateAccount(pb.CreateAccountRequest(account=asked))
    got = await world.operator.GetAccount(pb.GetAccountRequest(account_id=made.account.id))
    assert got.account == made.account
    assert (made.account.id, made.account.name, made.account.plan) == (2, asked.name, pb.PLAN_PLUS)
    assert made.account.features == asked.features
    assert made.account.create_time.seconds > 0
    assert made.account.etag


async def test_an_account_key_sees_its_own_account(world: World) -> None:
    own = await world.user.GetAccount(pb.GetAccountRequest())
    assert own.account.id == world.first.account_id
    assert own.account.plan == pb.PLAN_PRO
    assert own.account.features.global_rules
    assert own.account.features.form_rules


@pytest.mark.parametrize(
    "call",
    [
        lambda caller: caller.CreateAccount(pb.CreateAccountRequest(account=pb.Account(name="x", plan=pb.PLAN_PRO))),
        lambda caller: caller.ListAccounts(pb.ListAccountsRequest()),
        lambda caller: caller.UpdateAccount(updating(pb.Account(id=1, name="x"))),
        lambda caller: caller.DeleteAccount(pb.DeleteAccountRequest(account_id=1)),
    ],
)
async def test_accounts_are_the_operators(world: World, call: Callable[[Any], Any]) -> None:
    refused = await refusal(call(world.user))
    assert refused.code is Code.PERMISSION_DENIED


async def test_list_by_id_in_pages(world: World) -> None:
    for _ in range(4):
        await world.new_account()
    seen, token = [], ""
    while True:
        page = await world.operator.ListAccounts(pb.ListAccountsRequest(page_size=2, page_token=token))
        seen += [account.id for account in page.accounts]
        token = page.next_page_token
        if not token:
            break
    assert seen == [1, 2, 3, 4, 5]


async def test_update_without_mask_changes_what_is_set(world: World) -> None:
    made = await world.operator.UpdateAccount(updating(pb.Account(id=1, plan=pb.PLAN_BASIC)))
    assert (made.account.name, made.account.plan) == ("first", pb.PLAN_BASIC)
    assert made.account.features.global_rules


async def test_update_with_mask_reaches_into_features_and_clears(world: World) -> None:
    made = await world.operator.UpdateAccount(updating(pb.Account(id=1), "features.global_rules"))
    assert not made.account.features.global_rules
    assert made.account.features.form_rules
    made = await world.operator.UpdateAccount(updating(pb.Account(id=1), "features"))
    assert not made.account.features.form_rules


async def test_every_write_changes_etag_and_revision(world: World) -> None:
    first = await world.operator.UpdateAccount(updating(pb.Account(id=1, name="same")))
    second = await world.operator.UpdateAccount(updating(pb.Account(id=1, name="same")))
    assert first.account.etag != second.account.etag
    assert second.config_revision == first.config_revision + 1


async def test_an_old_etag_aborts(world: World) -> None:
    before = (await world.user.GetAccount(pb.GetAccountRequest())).account
    await world.operator.UpdateAccount(updating(pb.Account(id=1, name="new", etag=before.etag)))
    refused = await refusal(world.operator.UpdateAccount(updating(pb.Account(id=1, name="lost", etag=before.etag))))
    assert (refused.code, refused.reason) == (Code.ABORTED, "ETAG_MISMATCH")
    gone = await refusal(world.operator.DeleteAccount(pb.DeleteAccountRequest(account_id=1, etag=before.etag)))
    assert gone.code is Code.ABORTED
    assert (await world.user.GetAccount(pb.GetAccountRequest())).account.name == "new"


async def test_delete_takes_everything_along(world: World) -> None:
    account_id, other = await world.new_account()
    await other.CreateSubscription(subscribing())
    await world.operator.DeleteAccount(pb.DeleteAccountRequest(account_id=account_id))
    assert (await refusal(other.GetAccount(pb.GetAccountRequest()))).code is Code.UNAUTHENTICATED
    for request, method in (
        (pb.GetAccountRequest(account_id=account_id), world.operator.GetAccount),
        (pb.ListKeysRequest(account_id=account_id), world.operator.ListKeys),
        (object_type_pb2.ListObjectTypesRequest(account_id=account_id), world.operator.ListObjectTypes),
        (subscription_pb2.ListSubscriptionsRequest(account_id=account_id), world.operator.ListSubscriptions),
        (pb.DeleteAccountRequest(account_id=account_id), world.operator.DeleteAccount),
    ):
        refused = await refusal(method(request))
        assert (refused.code, refused.text) == (Code.NOT_FOUND, f"there is no account {account_id}")
    assert (await world.user.GetAccount(pb.GetAccountRequest())).account.id == 1


async def test_create_again_with_a_request_id(world: World) -> None:
    asked = pb.CreateAccountRequest(account=pb.Account(name="once", plan=pb.PLAN_PRO), request_id="r1")
    first = await world.operator.CreateAccount(asked)
    again = await world.operator.CreateAccount(asked)
    assert again == first
    asked.account.name = "other"
    refused = await refusal(world.operator.CreateAccount(asked))
    assert (refused.code, refused.reason) == (Code.ALREADY_EXISTS, "REQUEST_ID_REUSED")
    assert "request_id" in refused.text
