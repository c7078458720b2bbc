import asyncio
from collections.abc import Sequence

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import account_pb2 as pb
from hookline.registry.v1 import config_pb2

from hookline_registry.settings import Settings
from hookline_runtime.clock import ManualClock, now
from tests.contract.registry.world import World, open_world, outcome, refusal, subscribing

Code = grpc.StatusCode
MANAGE, PUBLISH, READ, ADMIN = pb.SCOPE_MANAGE, pb.SCOPE_PUBLISH, pb.SCOPE_READ, pb.SCOPE_ADMIN
HOUR = 3600 * 1_000_000


def at(micros: int) -> Timestamp:
    stamp = Timestamp()
    stamp.FromMicroseconds(micros)
    return stamp


async def test_the_secret_is_shown_once(world: World) -> None:
    made = await world.user.CreateKey(pb.CreateKeyRequest(name="mine", scopes=[READ, MANAGE]))
    assert made.secret
    assert made.key.application_id not in ("", world.first.api_appid)
    assert (made.key.id, made.key.account_id, made.key.kind) == (2, 1, pb.KEY_KIND_ACCOUNT)
    got = await world.user.GetKey(pb.GetKeyRequest(id=2))
    assert got.key == made.key
    listed = await world.user.ListKeys(pb.ListKeysRequest())
    assert [key.id for key in listed.keys] == [1, 2]
    assert made.secret not in str(got) + str(listed)
    assert (await world.caller(made.key.application_id, made.secret).GetKey(pb.GetKeyRequest(id=1))).key.id == 1


async def test_a_repeated_create_answers_without_the_secret(world: World) -> None:
    asked = pb.CreateKeyRequest(name="mine", scopes=[READ], request_id="r")
    first = await world.user.CreateKey(asked)
    again = await world.user.CreateKey(asked)
    assert (again.key, again.secret, again.config_revision) == (first.key, "", first.config_revision)


@pytest.mark.parametrize(
    ("giver", "kind", "scopes", "code"),
    [
        ([MANAGE], pb.KEY_KIND_ACCOUNT, [MANAGE], None),
        ([MANAGE], pb.KEY_KIND_ACCOUNT, [PUBLISH], Code.PERMISSION_DENIED),
        ([MANAGE, READ], pb.KEY_KIND_UNSPECIFIED, [READ, MANAGE], None),
        ([READ], pb.KEY_KIND_ACCOUNT, [READ], Code.PERMISSION_DENIED),
        ([MANAGE, READ], pb.KEY_KIND_OPERATOR, [READ], Code.PERMISSION_DENIED),
    ],
)
async def test_an_account_key_gives_what_it_has(
    world: World,
    giver: Sequence[pb.Scope.ValueType],
    kind: pb.KeyKind.ValueType,
    scopes: Sequence[pb.Scope.ValueType],
    code: grpc.StatusCode | None,
) -> None:
    caller = await world.new_caller(1, *giver)
    call = caller.CreateKey(pb.CreateKeyRequest(name="k", kind=kind, scopes=scopes))
    if code is None:
        assert list((await call).key.scopes) == sorted(scopes)
    else:
        assert (await refusal(call)).code is code


async def test_operator_keys_come_from_an_admin_only(world: World) -> None:
    lesser = await world.new_caller(0, MANAGE, READ)
    asked = pb.CreateKeyRequest(name="k", kind=pb.KEY_KIND_OPERATOR, scopes=[READ])
    assert (await refusal(lesser.CreateKey(asked))).reason == "ADMIN_NEEDED"
    made = await world.operator.CreateKey(asked)
    assert (made.key.kind, made.key.account_id, made.key.id) == (pb.KEY_KIND_OPERATOR, 0, 3)
    listed = await lesser.ListKeys(pb.ListKeysRequest())
    assert [key.id for key in listed.keys] == [1, 2, 3]
    assert (await lesser.GetKey(pb.GetKeyRequest(id=3))).key == made.key
    assert (await refusal(lesser.RevokeKey(pb.RevokeKeyRequest(id=1)))).code is Code.PERMISSION_DENIED
    assert (await world.operator.RevokeKey(pb.RevokeKeyRequest(id=3))).key.HasField("revoke_time")


async def test_an_operator_names_the_account(world: World) -> None:
    made = await world.operator.CreateKey(pb.CreateKeyRequest(name="k", account_id=1, scopes=[PUBLISH]))
    assert made.key.account_id == 1
    missing = await refusal(world.operator.CreateKey(pb.CreateKeyRequest(name="k", scopes=[READ])))
    assert (missing.code, missing.fields) == (Code.INVALID_ARGUMENT, ("account_id",))
    unknown = await refusal(world.operator.CreateKey(pb.CreateKeyRequest(name="k", account_id=9, scopes=[READ])))
    assert unknown.code is Code.NOT_FOUND


async def test_revoking_ends_a_key_and_can_be_repeated(world: World) -> None:
    made = await world.user.CreateKey(pb.CreateKeyRequest(name="k", scopes=[READ]))
    caller = world.caller(made.key.application_id, made.secret)
    await caller.GetAccount(pb.GetAccountRequest())
    first = await world.user.RevokeKey(pb.RevokeKeyRequest(id=made.key.id))
    again = await world.user.RevokeKey(pb.RevokeKeyRequest(id=made.key.id))
    assert first.key.HasField("revoke_time")
    assert (again.key.revoke_time, again.config_revision) == (first.key.revoke_time, first.config_revision)
    refused = await refusal(caller.GetAccount(pb.GetAccountRequest()))
    assert (refused.code, refused.reason) == (Code.UNAUTHENTICATED, "KEY_REVOKED")


async def test_another_registry_on_the_same_database_sees_a_revocation(world: World, attentive: Settings) -> None:
    made = await world.user.CreateKey(pb.CreateKeyRequest(name="k", scopes=[READ]))
    async with open_world(attentive, first=world.first) as second:
        caller = second.caller(made.key.application_id, made.secret)
        await caller.GetAccount(pb.GetAccountRequest())
        await world.user.RevokeKey(pb.RevokeKeyRequest(id=made.key.id))
        async with asyncio.timeout(10):
            while (await outcome(caller.GetAccount(pb.GetAccountRequest()))) is Code.OK:
                pass
        assert (await refusal(caller.GetAccount(pb.GetAccountRequest()))).reason == "KEY_REVOKED"


async def test_a_key_expires(settings: Settings) -> None:
    clock = ManualClock(now())
    async with open_world(settings, clock) as world:
        late = await refusal(
            world.user.CreateKey(pb.CreateKeyRequest(name="k", scopes=[READ], expire_time=at(clock.now())))
        )
        assert (late.code, late.fields) == (Code.INVALID_ARGUMENT, ("expire_time",))
        made = await world.user.CreateKey(
            pb.CreateKeyRequest(name="k", scopes=[READ], expire_time=at(clock.now() + HOUR))
        )
        caller = world.caller(made.key.application_id, made.secret)
        await caller.GetAccount(pb.GetAccountRequest())
        clock.time += HOUR
        assert (await refusal(caller.GetAccount(pb.GetAccountRequest()))).reason == "KEY_EXPIRED"


async def test_the_use_of_a_key_is_told(attentive: Settings) -> None:
    async with open_world(attentive) as world:

        async def last_used(key_id: int) -> int:
            key = (await world.user.GetKey(pb.GetKeyRequest(id=key_id))).key
            return int(key.last_used_time.ToMicroseconds())

        made = await world.user.CreateKey(pb.CreateKeyRequest(name="k", scopes=[READ]))
        assert await last_used(made.key.id) == 0
        time = now() - HOUR
        use = config_pb2.KeyUse(application_id=made.key.application_id, last_used_time=at(time))
        await world.service.ReportKeyUse(config_pb2.ReportKeyUseRequest(uses=[use]))
        async with asyncio.timeout(10):
            while await last_used(made.key.id) != time:
                await asyncio.sleep(0)
            while await last_used(1) == 0:
                await asyncio.sleep(0)


async def test_look_up_by_application_id(world: World) -> None:
    asked = config_pb2.LookUpKeyRequest(application_id=world.first.api_appid)
    item = (await world.service.LookUpKey(asked)).item
    assert (item.kind, item.account_id, item.id) == (config_pb2.CONFIG_KIND_KEY, 1, 1)
    assert len(item.key.secret_hash) == 32
    assert (await refusal(world.service.LookUpKey(config_pb2.LookUpKeyRequest(application_id="no")))).code is (
        Code.NOT_FOUND
    )
    assert (await refusal(world.user.LookUpKey(asked))).code is Code.PERMISSION_DENIED


@pytest.mark.parametrize("field", ["application_id", "secret"])
async def test_a_wrong_key_is_refused(world: World, field: str) -> None:
    shown = {"application_id": world.first.api_appid, "secret": world.first.api_key, field: "wrong"}
    refused = await refusal(world.caller(**shown).CreateSubscription(subscribing()))
    assert refused.code is Code.UNAUTHENTICATED


@pytest.mark.parametrize("scope", [MANAGE, PUBLISH, READ])
async def test_a_key_of_any_scope_is_told_who_it_is(world: World, scope: pb.Scope.ValueType) -> None:
    made = await world.user.CreateKey(pb.CreateKeyRequest(name="mine", scopes=[scope]))
    told = await world.caller(made.key.application_id, made.secret).GetCaller(pb.GetCallerRequest())
    told.key.ClearField("last_used_time")
    assert told.key == made.key
    own = await world.operator.GetAccount(pb.GetAccountRequest(account_id=world.first.account_id))
    assert told.account == own.account


async def test_an_operators_key_has_no_account(world: World) -> None:
    told = await world.operator.GetCaller(pb.GetCallerRequest())
    assert (told.key.kind, told.key.application_id) == (pb.KEY_KIND_OPERATOR, world.first.operator_appid)
    assert not told.HasField("account")


async def test_who_shows_no_good_key_is_nobody(world: World) -> None:
    for caller in (world.caller(world.first.api_appid, "wrong"), world.caller("none", "wrong")):
        assert (await refusal(caller.GetCaller(pb.GetCallerRequest()))).code == Code.UNAUTHENTICATED
    assert (await refusal(world.service.GetCaller(pb.GetCallerRequest()))).code == Code.PERMISSION_DENIED
