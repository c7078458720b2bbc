"""The dispatcher's replica against a real registry: what is changed there is known here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hookline.event.v1 import options_pb2
from hookline.registry.v1 import account_pb2, subscription_pb2
from pydantic import SecretStr

from hookline_dispatcher.config.cache import ConfigCache
from hookline_dispatcher.config.keys import ReplicaKeys
from hookline_dispatcher.config.replica import Replica
from hookline_dispatcher.config.targets import SUBSCRIPTION, SubscriptionSettings
from hookline_dispatcher.store.model import TargetKey
from hookline_dispatcher.store.sqlite.store import SqliteStore
from hookline_registry.settings import Settings
from hookline_runtime.access import Access, KeyKind, Scope
from hookline_runtime.clock import SystemClock
from hookline_runtime.errors import Unauthenticated
from tests.contract.registry.world import SERVICE_KEY, World, open_world, subscribing

BOUND = 5.0


@dataclass
class Both:
    """A registry and the replica of it."""

    world: World
    cache: ConfigCache
    keys: ReplicaKeys
    replica: Replica

    async def target(self, id_: int, revision: int) -> SubscriptionSettings | None:
        await self.replica.wait_for(revision, BOUND)
        found = await self.cache.target(TargetKey(self.world.first.account_id, SUBSCRIPTION, id_))
        assert found is None or isinstance(found, SubscriptionSettings)
        return found


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[Both]:
    settings = Settings(
        registry_address="127.0.0.1:0",
        registry_database=f"sqlite+aiosqlite:///{tmp_path / 'registry.db'}",
        service_key=SecretStr(SERVICE_KEY),
    )
    store = await SqliteStore.open(tmp_path / "dispatcher.db")
    async with open_world(settings) as world:
        clock = SystemClock()
        cache, keys = ConfigCache(store), ReplicaKeys(world.channel, SERVICE_KEY, clock)
        replica = Replica(world.channel, SERVICE_KEY, store, cache, keys, clock)
        await replica.start()
        yield Both(world, cache, keys, replica)
        await replica.stop()
    await store.close()


async def test_a_subscription_from_its_making_to_its_end(both: Both) -> None:
    user = both.world.user
    made = await user.CreateSubscription(subscribing("sub_tag(4)", requests_per_minute=60))
    settings = await both.target(made.subscription.id, made.config_revision)
    assert settings is not None
    assert (settings.event, settings.number, settings.url) == ("sub_tag", "4", made.subscription.url)
    assert settings.policy.requests_per_minute == 60
    assert [secret.text for secret in settings.secrets] == [made.signing_secret]

    rotated = await user.RotateSecret(subscription_pb2.RotateSecretRequest(id=made.subscription.id))
    settings = await both.target(made.subscription.id, rotated.config_revision)
    assert settings is not None
    assert [secret.text for secret in settings.secrets] == [rotated.signing_secret, made.signing_secret]
    assert settings.secrets[1].expire_time > 0

    gone = await user.DeleteSubscription(subscription_pb2.DeleteSubscriptionRequest(id=made.subscription.id))
    assert await both.target(made.subscription.id, gone.config_revision) is None


async def test_a_plan_and_a_key(both: Both) -> None:
    world, first = both.world, both.world.first
    account = account_pb2.Account(id=first.account_id, plan=account_pb2.PLAN_BASIC)
    changed = await world.operator.UpdateAccount(account_pb2.UpdateAccountRequest(account=account))
    await both.replica.wait_for(changed.config_revision, BOUND)
    config = await both.cache.account(first.account_id)
    assert config is not None
    assert config.plan == account_pb2.PLAN_BASIC

    access = Access(both.keys, None, SystemClock())
    shown = (("api-appid", first.api_appid), ("api-key", first.api_key))
    principal = await access.principal(shown, options_pb2.ACCESS_PUBLISH)
    assert (principal.kind, principal.account_id) == (KeyKind.ACCOUNT, first.account_id)
    assert principal.scopes == {Scope.MANAGE, Scope.PUBLISH, Scope.READ}
    operator = (("api-appid", first.operator_appid), ("api-key", first.operator_key))
    assert (await access.principal(operator, options_pb2.ACCESS_ADMIN)).kind is KeyKind.OPERATOR
    await both.keys.report_once()

    found = await world.user.ListKeys(account_pb2.ListKeysRequest())
    (key,) = [each for each in found.keys if each.application_id == first.api_appid]
    revoked = await world.user.RevokeKey(account_pb2.RevokeKeyRequest(id=key.id))
    await both.replica.wait_for(revoked.config_revision, BOUND)
    with pytest.raises(Unauthenticated, match="revoked"):
        await access.principal(shown, options_pb2.ACCESS_PUBLISH)


async def test_a_key_that_the_replica_does_not_know_yet_is_good_at_once(both: Both) -> None:
    await both.replica.stop()
    request = account_pb2.CreateKeyRequest(name="k", scopes=[account_pb2.SCOPE_PUBLISH])
    made = await both.world.user.CreateKey(request)
    access = Access(both.keys, None, SystemClock())
    shown = (("api-appid", made.key.application_id), ("api-key", made.secret))
    async with asyncio.timeout(BOUND):
        principal = await access.principal(shown, options_pb2.ACCESS_PUBLISH)
    assert principal.scopes == {Scope.PUBLISH}
