"""Secrets at rest: sealed with a key, opened for the dispatcher, and told where they cannot be."""

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hookline.registry.v1 import subscription_pb2 as subscriptions_pb
from hookline.registry.v1 import webhook_pb2 as webhooks_pb
from pydantic import SecretStr
from structlog.testing import capture_logs

from hookline_registry.registry import start
from hookline_registry.sealing import forget_key
from hookline_registry.settings import Settings
from hookline_runtime.settings import SettingsError
from hookline_runtime.vault.keys import SealingKey
from hookline_runtime.vault.renewing import KeyMissing
from tests.contract.registry import first_database
from tests.contract.registry.conftest import OF_SQLITE
from tests.contract.registry.test_authentication import basic
from tests.contract.registry.test_receiver_tls import key as private_key
from tests.contract.registry.test_receiver_tls import tls
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, hooking, open_world, refusal, subscribing

pytestmark = OF_SQLITE

OLD, NEW = SealingKey(b"o" * 32), SealingKey(b"n" * 32)
SECRET = "whsec_" + base64.b64encode(b"this is what signs a request").decode()


def sealed(settings: Settings, *keys: SealingKey) -> Settings:
    return settings.model_copy(update={"secrets_keys": SecretStr(",".join(key.text for key in keys))})


@pytest.fixture
def file(settings: Settings) -> Path:
    return Path(settings.registry_database.removeprefix("sqlite+aiosqlite:///"))


@pytest.fixture
async def first(file: Path) -> Any:
    return await first_database.put(file)


def forms_of(secret: str) -> Iterator[bytes]:
    """A secret as it might be found: as it is, and what it encodes."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    yield from (secret.encode(), key, key.hex().encode(), base64.b64encode(key), base64.urlsafe_b64encode(key))
    yield from (secret.encode().hex().encode(), base64.b64encode(secret.encode()), quote(secret).encode())


def in_files(file: Path, secret: str) -> list[str]:
    """The files, of the database and beside it, that hold a secret."""
    everything = {each.name: each.read_bytes() for each in file.parent.iterdir()}
    return sorted({name for name, content in everything.items() for form in forms_of(secret) if form in content})


async def secrets_told(world: World) -> list[str]:
    replica = Replica()
    await replica.catch_up(world)
    items = replica.items.values()
    return sorted(each.secret for item in items for each in (*item.subscription.secrets, *item.webhook.secrets))


async def make(world: World) -> list[str]:
    """A subscription with a rotated secret, and a webhook; the secrets that sign."""
    made = await world.user.CreateSubscription(subscribing())
    rotated = await world.user.RotateSecret(subscriptions_pb.RotateSecretRequest(id=made.subscription.id))
    hook = await world.user.CreateWebhook(hooking())
    return sorted([made.signing_secret, rotated.signing_secret, hook.signing_secret])


async def test_what_is_written_is_sealed_and_the_dispatcher_is_told_it_in_clear(
    settings: Settings, file: Path, first: Any
) -> None:
    async with open_world(sealed(settings, NEW), first=first) as world:
        signing = await make(world)
        assert await secrets_told(world) == signing
        assert [in_files(file, each) for each in signing] == [[]] * 3
    async with open_world(sealed(settings, NEW), first=first) as world:
        assert await secrets_told(world) == signing
    assert [in_files(file, each) for each in signing] == [[]] * 3


async def test_a_database_with_secrets_in_clear_is_sealed_at_the_first_start_with_a_key(
    settings: Settings, file: Path, first: Any
) -> None:
    async with open_world(settings, first=first) as world:
        signing = await make(world)
        gone = await world.user.CreateSubscription(subscribing())
        await world.user.DeleteSubscription(subscriptions_pb.DeleteSubscriptionRequest(id=gone.subscription.id))
    assert all(in_files(file, each) for each in signing)
    with capture_logs() as lines:
        async with open_world(sealed(settings, NEW), first=first) as world:
            assert [in_files(file, each) for each in (*signing, gone.signing_secret)] == [[]] * 4
            assert await secrets_told(world) == signing
    assert [line["were_clear"] for line in lines if line["event"] == "sealed"] == [7]
    with capture_logs() as lines:
        async with open_world(sealed(settings, NEW), first=first) as world:
            assert await secrets_told(world) == signing
    assert not [line for line in lines if line["event"] == "sealed"]


async def test_all_is_sealed_anew_under_another_first_key_and_the_one_before_can_go(
    settings: Settings, first: Any
) -> None:
    async with open_world(sealed(settings, OLD), first=first) as world:
        signing = await make(world)
    async with open_world(sealed(settings, NEW, OLD), first=first) as world:
        assert await secrets_told(world) == signing
    async with open_world(sealed(settings, NEW), first=first) as world:
        assert await secrets_told(world) == signing


async def credentials_told(world: World) -> list[tuple[str, str]]:
    replica = Replica()
    await replica.catch_up(world)
    bodies = [body for item in replica.items.values() for body in (item.subscription, item.webhook)]
    return [(each.authentication_secret, each.client_private_key) for each in bodies if each.authentication_secret]


async def test_credentials_and_private_keys_are_sealed_and_sealed_anew_like_what_signs(
    settings: Settings, file: Path, first: Any
) -> None:
    password = "canaryOfAPasswordThatIsBase64Too"
    given: dict[str, Any] = {"authentication": basic(password=password), "tls": tls()}
    async with open_world(settings, first=first) as world:
        await world.user.CreateSubscription(subscribing(**given))
        await world.user.CreateWebhook(hooking(**given))
    line = private_key().splitlines()[1]  # of the key; between them stand line ends, escaped or not
    assert all(in_files(file, each) for each in (password, line))
    for keys in ((OLD,), (NEW, OLD), (NEW,)):
        async with open_world(sealed(settings, *keys), first=first) as world:
            assert await credentials_told(world) == [(password, private_key())] * 2
            changed = subscriptions_pb.Subscription(
                id=1, authentication=basic(password=""), tls=tls(client_private_key="")
            )
            await world.user.UpdateSubscription(subscriptions_pb.UpdateSubscriptionRequest(subscription=changed))
            assert await credentials_told(world) == [(password, private_key())] * 2
        assert not any(in_files(file, each) for each in (password, line))


async def test_a_damaged_password_is_asked_for_anew(settings: Settings, file: Path, first: Any) -> None:
    async with open_world(sealed(settings, NEW), first=first) as world:
        await world.user.CreateSubscription(subscribing(authentication=basic()))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE subscription SET authentication = replace(authentication, 'sealed:1:', 'sealed:1:0')"
        )
    async with open_world(sealed(settings, NEW), first=first) as world:
        changed = subscriptions_pb.Subscription(id=1, authentication=basic(password=""))
        refused = await refusal(
            world.user.UpdateSubscription(subscriptions_pb.UpdateSubscriptionRequest(subscription=changed))
        )
        assert refused.fields == ("subscription.authentication.basic.password",)
        changed.authentication.CopyFrom(basic())
        await world.user.UpdateSubscription(subscriptions_pb.UpdateSubscriptionRequest(subscription=changed))


@pytest.mark.parametrize("keys", [(), (NEW,)])
async def test_without_the_key_that_sealed_it_does_not_start(
    settings: Settings, first: Any, keys: tuple[SealingKey, ...]
) -> None:
    async with open_world(sealed(settings, OLD), first=first):
        pass
    with pytest.raises(KeyMissing, match=f"sealed under the key {OLD.id}"):
        await start(sealed(settings, *keys) if keys else settings)


async def test_production_does_not_start_without_a_key(settings: Settings, file: Path) -> None:
    with pytest.raises(SettingsError, match="is required in production"):
        await start(settings.model_copy(update={"production": True}))
    assert not file.exists()


def damage(file: Path) -> None:
    """Spoils the secret of the first subscription, in its row."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE subscription SET secret = substr(secret, 1, length(secret) - 9) || 'AAAAAAAAA'")


async def test_a_damaged_secret_is_told_and_a_rotation_mends_it(settings: Settings, file: Path, first: Any) -> None:
    async with open_world(sealed(settings, NEW), first=first) as world:
        made = await world.user.CreateSubscription(subscribing())
        hook = await world.user.CreateWebhook(hooking())
    damage(file)
    with capture_logs() as lines:
        async with open_world(sealed(settings, NEW), first=first) as world:
            page = await world.user.ListSubscriptions(subscriptions_pb.ListSubscriptionsRequest())
            assert [each.id for each in page.subscriptions] == [made.subscription.id]
            rotated = await world.user.RotateSecret(subscriptions_pb.RotateSecretRequest(id=made.subscription.id))
            assert not rotated.subscription.HasField("old_secret_expire_time")
            assert await secrets_told(world) == sorted([rotated.signing_secret, hook.signing_secret])
    (told,) = (line for line in lines if line["log_level"] == "error")
    assert (told["count"], told["of"]) == (1, "signing_secret of subscription 1 of account 1")


async def test_secrets_under_a_lost_key_can_be_given_up(settings: Settings, first: Any) -> None:
    async with open_world(sealed(settings, OLD), first=first) as world:
        hook = await world.user.CreateWebhook(hooking())
        await forget_key(world.registry.database, OLD.id)
    async with open_world(sealed(settings, NEW), first=first) as world:
        (told,) = await secrets_told(world)
        assert told.startswith(f"sealed:1:{OLD.id}:")
        asked = webhooks_pb.RotateWebhookSecretRequest(id=hook.webhook.id, signing_secret=SECRET)
        await world.user.RotateWebhookSecret(asked)
        assert await secrets_told(world) == [SECRET]


async def test_the_current_secret_is_known_through_its_envelope(settings: Settings, first: Any) -> None:
    async with open_world(sealed(settings, NEW), first=first) as world:
        request = hooking()
        request.signing_secret = SECRET
        hook = await world.user.CreateWebhook(request)
        asked = webhooks_pb.RotateWebhookSecretRequest(id=hook.webhook.id, signing_secret=SECRET)
        with pytest.raises(Exception, match="must differ from the current one"):
            await world.user.RotateWebhookSecret(asked)
