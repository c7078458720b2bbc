"""Hashes of requests tell nothing without the vault's key, and outlast what happens to keys."""

import hashlib
import hmac
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hookline.registry.v1 import subscription_pb2
from hookline.registry.v1 import subscription_pb2 as pb

from hookline_registry.requests import create_of
from hookline_registry.sealing import forget_key
from hookline_registry.settings import Settings
from tests.contract.registry.conftest import OF_SQLITE
from tests.contract.registry.test_sealing import NEW, OLD, file, first, sealed
from tests.contract.registry.world import open_world, refusal, subscribing

pytestmark = OF_SQLITE

__all__ = ["file", "first"]


def asked(pin: str = "1234") -> pb.CreateSubscriptionRequest:
    """A create that can be repeated, with a secret that is soon guessed."""
    request = subscribing(secret_headers=[subscription_pb2.Header(name="X-Pin", value=pin)])
    request.request_id = "once"
    return request


def plain() -> bytes:
    return hashlib.sha256(create_of(asked(), 1, "once", "subscription").content).digest()


def hash_in(file: Path) -> bytes:
    with closing(sqlite3.connect(file)) as connection:
        (found,) = connection.execute("SELECT request_hash FROM idempotent_create").fetchone()
        assert isinstance(found, bytes)
        return found


def texts_in(file: Path) -> list[bytes]:
    """Every value that the database holds, as bytes."""
    with closing(sqlite3.connect(file)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = [row for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
    return [each if isinstance(each, bytes) else str(each).encode() for row in rows for each in row]


async def test_who_reads_the_file_cannot_try_guesses(settings: Settings, file: Path, first: Any) -> None:
    async with open_world(sealed(settings, NEW), first=first) as world:
        made = await world.user.CreateSubscription(asked())
        assert (await world.user.CreateSubscription(asked())).subscription.id == made.subscription.id
        assert "other content" in (await refusal(world.user.CreateSubscription(asked("1235")))).text
    found = hash_in(file)
    assert found != plain()
    assert found not in {hmac.digest(text, plain(), hashlib.sha256) for text in texts_in(file)}


async def test_what_an_older_version_hashed_goes_on_and_is_found_nowhere(
    settings: Settings, file: Path, first: Any
) -> None:
    async with open_world(sealed(settings, NEW), first=first) as world:
        made = await world.user.CreateSubscription(asked())
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE idempotent_create SET request_hash = ?", (plain(),))
        connection.execute("DELETE FROM request_hash_key")
    async with open_world(sealed(settings, NEW), first=first) as world:
        assert not [each.name for each in file.parent.iterdir() if plain() in each.read_bytes()]
        assert (await world.user.CreateSubscription(asked())).subscription.id == made.subscription.id


async def test_another_key_seals_the_one_of_hashes_anew(settings: Settings, file: Path, first: Any) -> None:
    async with open_world(settings, first=first) as world:
        made = await world.user.CreateSubscription(asked())
    before = hash_in(file)
    for keys in ((OLD,), (NEW, OLD), (NEW,)):
        async with open_world(sealed(settings, *keys), first=first) as world:
            assert (await world.user.CreateSubscription(asked())).subscription.id == made.subscription.id
        with closing(sqlite3.connect(file)) as connection:
            assert connection.execute("SELECT key FROM request_hash_key").fetchone()[0].split(":")[2] == keys[0].id
    assert hash_in(file) == before


@pytest.mark.parametrize("how", ["lost", "damaged"])
async def test_without_the_key_of_hashes_request_ids_begin_anew(
    settings: Settings, file: Path, first: Any, how: str
) -> None:
    async with open_world(sealed(settings, OLD), first=first) as world:
        made = await world.user.CreateSubscription(asked())
        if how == "lost":
            await forget_key(world.registry.database, OLD.id)
    if how == "damaged":
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("UPDATE request_hash_key SET key = substr(key, 1, length(key) - 4) || 'AAAA'")
    async with open_world(sealed(settings, NEW if how == "lost" else OLD), first=first) as world:
        again = await world.user.CreateSubscription(asked())
        assert again.subscription.id != made.subscription.id
        assert (await world.user.CreateSubscription(asked())).subscription.id == again.subscription.id
