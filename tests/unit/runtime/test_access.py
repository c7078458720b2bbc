from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import TypeVar

import grpc
import pytest
from hookline.event.v1 import options_pb2
from hookline.registry.v1 import config_pb2

from hookline_runtime import access
from hookline_runtime.access import KeyKind, Principal, Scope, account_of, current_principal
from hookline_runtime.errors import InvalidArgument, PermissionDenied, Unauthenticated
from tests.unit.runtime import rig
from tests.unit.runtime.rig import NOW, SERVICE_KEY, TARGET, Keys, failure, get_target, look_up_key, running, shows

T = TypeVar("T")
READ, PUBLISH, MANAGE, ADMIN, SERVICE, KEY = (
    options_pb2.ACCESS_READ,
    options_pb2.ACCESS_PUBLISH,
    options_pb2.ACCESS_MANAGE,
    options_pb2.ACCESS_ADMIN,
    options_pb2.ACCESS_SERVICE,
    options_pb2.ACCESS_KEY,
)
AS_SERVICE = (("service-key", SERVICE_KEY),)

NOT_KNOWN = [
    ("nothing", (), "KEY_MISSING"),
    ("no secret", (("api-appid", "all"),), "KEY_MISSING"),
    ("no name", (("api-key", "secret-all"),), "KEY_MISSING"),
    ("empty secret", (("api-appid", "all"), ("api-key", "")), "KEY_MISSING"),
    ("unknown", shows("nobody"), "KEY_INVALID"),
    ("wrong", shows("all", "secret-reader"), "KEY_INVALID"),
    ("wrong and revoked", shows("revoked", "wrong"), "KEY_INVALID"),
    ("expired", shows("expired"), "KEY_EXPIRED"),
    ("revoked", shows("revoked"), "KEY_REVOKED"),
    ("wrong service key", (("service-key", "x"),), "KEY_INVALID"),
    ("wrong service key beside a good key", (("service-key", "x"), *shows("all")), "KEY_INVALID"),
]

PERMITTED = [
    (shows("all"), {READ, PUBLISH, MANAGE, KEY}),
    (shows("reader"), {READ, KEY}),
    (shows("publisher"), {PUBLISH, KEY}),
    (shows("would-be-admin"), {READ, PUBLISH, MANAGE, KEY}),
    (shows("operator"), {READ, PUBLISH, MANAGE, ADMIN, KEY}),
    (shows("operator-reader"), {READ, KEY}),
    (shows("expires-later"), {READ, PUBLISH, MANAGE, KEY}),
    (AS_SERVICE, {READ, SERVICE}),
]


@pytest.mark.parametrize("name, metadata, reason", NOT_KNOWN, ids=[row[0] for row in NOT_KNOWN])
async def test_who_is_not_known_is_refused(name: str, metadata: access.Metadata, reason: str) -> None:
    keys = Keys()
    with pytest.raises(Unauthenticated) as caught:
        await rig.access(keys).principal(metadata, READ)
    assert caught.value.reason == reason
    assert keys.uses == []


async def test_an_unknown_key_and_a_wrong_secret_look_the_same() -> None:
    with pytest.raises(Unauthenticated) as unknown:
        await rig.access().principal(shows("nobody"), READ)
    with pytest.raises(Unauthenticated) as wrong:
        await rig.access().principal(shows("all", "wrong"), READ)
    assert (unknown.value.message, unknown.value.reason) == (wrong.value.message, wrong.value.reason)


@pytest.mark.parametrize("needed", [READ, PUBLISH, MANAGE, ADMIN, SERVICE, KEY], ids=options_pb2.Access.Name)
@pytest.mark.parametrize("metadata, allowed", PERMITTED, ids=[row[0][0][1] for row in PERMITTED])
async def test_a_key_has_the_access_of_its_scopes(metadata: access.Metadata, allowed: set[int], needed: int) -> None:
    if needed in allowed:
        await rig.access().principal(metadata, needed)
        return
    with pytest.raises(PermissionDenied) as caught:
        await rig.access().principal(metadata, needed)
    assert caught.value.reason == "SCOPE_MISSING"


@pytest.mark.parametrize(
    "metadata, needed, text",
    [
        (shows("reader"), MANAGE, 'the key lacks the scope "manage"'),
        (shows("operator-reader"), ADMIN, 'the key lacks the scope "admin"'),
        (shows("would-be-admin"), ADMIN, 'only an operator key with the scope "admin" may call this'),
        (shows("operator"), SERVICE, "only the services of this installation may call this, with their service key"),
        (AS_SERVICE, PUBLISH, 'the key lacks the scope "publish"'),
        (AS_SERVICE, KEY, "a service key is nobody's: only the key of an account or of the operator may call this"),
    ],
)
async def test_what_a_key_lacks_is_said(metadata: access.Metadata, needed: int, text: str) -> None:
    with pytest.raises(PermissionDenied) as caught:
        await rig.access().principal(metadata, needed)
    assert caught.value.message == text


async def test_without_a_service_key_set_up_none_is_taken() -> None:
    with pytest.raises(Unauthenticated):
        await rig.access(service_key=None).principal((("service-key", ""),), READ)


async def test_a_good_key_is_noted_as_used() -> None:
    keys = Keys()
    principal = await rig.access(keys).principal((*shows("reader"), ("x-bin", b"\0")), READ)
    assert principal == Principal(KeyKind.ACCOUNT, 7, frozenset({Scope.READ}), "reader")
    assert keys.uses == [("reader", NOW)]


ACCOUNTS = [
    (KeyKind.ACCOUNT, 7, 0, 7),
    (KeyKind.ACCOUNT, 7, 7, 7),
    (KeyKind.OPERATOR, 0, 9, 9),
    (KeyKind.SERVICE, 0, 9, 9),
]


def acting(kind: KeyKind, account_id: int, function: Callable[[], T]) -> T:
    def run() -> T:
        access.set_principal(Principal(kind, account_id, frozenset(), "x"))
        return function()

    return contextvars.copy_context().run(run)


@pytest.mark.parametrize("kind, own, requested, account", ACCOUNTS)
def test_the_account_of_a_request(kind: KeyKind, own: int, requested: int, account: int) -> None:
    assert acting(kind, own, lambda: account_of(requested)) == account


def test_another_account_than_the_keys_is_refused() -> None:
    with pytest.raises(PermissionDenied) as caught:
        acting(KeyKind.ACCOUNT, 7, lambda: account_of(8))
    assert caught.value.reason == "ACCOUNT_MISMATCH"
    assert caught.value.metadata == {"field": "account_id"}


@pytest.mark.parametrize("kind", [KeyKind.OPERATOR, KeyKind.SERVICE])
def test_who_acts_for_no_account_has_to_name_one(kind: KeyKind) -> None:
    with pytest.raises(InvalidArgument) as caught:
        acting(kind, 0, lambda: account_of(0))
    assert caught.value.violations[0].field == "account_id"


def test_outside_of_an_rpc_nobody_calls() -> None:
    with pytest.raises(LookupError):
        contextvars.Context().run(current_principal)


def test_secrets_and_ids_are_fresh_and_of_their_form() -> None:
    assert access.new_secret().startswith("hl_key_")
    assert access.new_application_id().startswith("hl_app_")
    assert len({access.new_secret() for _ in range(100)}) == 100
    assert len(access.new_application_id()) >= len("hl_app_") + 22
    assert access.hash_secret("a") != access.hash_secret("b")


@pytest.mark.parametrize("name, metadata, reason", NOT_KNOWN, ids=[row[0] for row in NOT_KNOWN])
async def test_a_client_without_a_good_key_sees_unauthenticated(
    name: str, metadata: access.Metadata, reason: str
) -> None:
    async with running() as (_, channel):
        found = await failure(get_target(channel)(TARGET, metadata=metadata))
    assert (found.code, found.info.reason) == (grpc.StatusCode.UNAUTHENTICATED, reason)


async def test_the_option_of_the_rpc_decides_what_it_asks_for() -> None:
    request = config_pb2.LookUpKeyRequest(application_id="x")
    async with running(rig.config(), rig.targets()) as (_, channel):
        await look_up_key(channel)(request, metadata=AS_SERVICE)
        for person in ("operator", "all"):
            found = await failure(look_up_key(channel)(request, metadata=shows(person)))
            assert (found.code, found.info.metadata["access"]) == (grpc.StatusCode.PERMISSION_DENIED, "service")
        found = await failure(get_target(channel)(TARGET, metadata=shows("publisher")))
        assert (found.code, found.info.metadata["access"]) == (grpc.StatusCode.PERMISSION_DENIED, "read")
