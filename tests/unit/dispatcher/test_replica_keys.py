from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from hookline_dispatcher.config import keys as replica_keys
from hookline_dispatcher.config.keys import QUESTIONS_PER_SECOND, ReplicaKeys
from hookline_dispatcher.core.instants import MINUTE, SECOND
from hookline_runtime.channels import open_channel
from hookline_runtime.clock import ManualClock
from hookline_runtime.errors import Unavailable
from tests.unit.dispatcher.configs import api_key, key_row
from tests.unit.dispatcher.registry_stub import SERVICE_KEY, Registry, key_item, serving, until

NOW = 1_700_000_000_000_000
KNOWN = api_key("known")
UNKNOWN = api_key("unknown")


class Rig:
    def __init__(self, registry: Registry, keys: ReplicaKeys, clock: ManualClock) -> None:
        self.registry, self.keys, self.clock = registry, keys, clock


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    registry = Registry(keys={"known": key_item(KNOWN), "unknown": key_item(UNKNOWN, 2)})
    clock = ManualClock(NOW)
    async with serving(registry) as channel:
        keys = ReplicaKeys(channel, SERVICE_KEY, clock)
        keys.replace([key_row(KNOWN)])
        keys.heard_time = NOW
        yield Rig(registry, keys, clock)


async def test_a_known_key_is_found_without_asking(rig: Rig) -> None:
    assert await rig.keys.find("known") == KNOWN
    assert rig.registry.asked == []


async def test_an_unknown_key_is_asked_for_before_it_is_refused(rig: Rig) -> None:
    assert await rig.keys.find("unknown") == UNKNOWN
    assert await rig.keys.find("nobody") is None
    assert rig.registry.asked == ["unknown", "nobody"]


@pytest.mark.parametrize("name", ["unknown", "nobody"])
async def test_an_answer_is_kept_for_some_seconds(rig: Rig, name: str) -> None:
    first = await rig.keys.find(name)
    rig.clock.time += 9 * SECOND
    assert await rig.keys.find(name) == first
    assert rig.registry.asked == [name]
    rig.clock.time += 2 * SECOND
    await rig.keys.find(name)
    assert rig.registry.asked == [name, name]


async def test_what_the_replica_hears_goes_before_an_answer(rig: Rig) -> None:
    assert await rig.keys.find("late") is None
    rig.keys.change([key_row(api_key("late"), 5)])
    assert await rig.keys.find("late") == api_key("late")


async def test_a_key_that_was_deleted_is_asked_for(rig: Rig) -> None:
    rig.keys.change([key_row(KNOWN, revision=2, deleted=True)])
    del rig.registry.keys["known"]
    assert await rig.keys.find("known") is None
    assert rig.registry.asked == ["known"]


async def test_questions_about_one_key_are_one_question(rig: Rig) -> None:
    rig.registry.answering.clear()
    asking = [asyncio.create_task(rig.keys.find("unknown")) for _ in range(20)]
    await until(lambda: bool(rig.registry.asked))
    asking[0].cancel()
    rig.registry.answering.set()
    assert await asyncio.gather(*asking[1:]) == [UNKNOWN] * 19
    assert rig.registry.asked == ["unknown"]


async def test_strangers_cannot_hammer_the_registry(rig: Rig) -> None:
    found = await asyncio.gather(
        *(rig.keys.find(f"stranger-{number}") for number in range(3 * QUESTIONS_PER_SECOND)), return_exceptions=True
    )
    refused = [each for each in found if each is not None]
    assert len(rig.registry.asked) == QUESTIONS_PER_SECOND
    assert len(refused) == 2 * QUESTIONS_PER_SECOND
    assert all(isinstance(each, Unavailable) for each in refused)
    assert await rig.keys.find("known") == KNOWN
    rig.clock.time += SECOND
    assert await rig.keys.find("unknown") == UNKNOWN


async def test_past_the_stated_staleness_a_key_is_asked_for(rig: Rig) -> None:
    rig.registry.keys["known"] = key_item(api_key("known", revoked=True))
    rig.clock.time += 15 * MINUTE
    assert await rig.keys.find("known") == KNOWN
    rig.clock.time += 1
    assert await rig.keys.find("known") == api_key("known", revoked=True)
    rig.keys.heard_time = rig.clock.time
    assert await rig.keys.find("known") == KNOWN


async def test_a_key_that_cannot_be_asked_about_is_not_refused(rig: Rig) -> None:
    rig.registry.trouble = Unavailable("the store fails", 1.0)
    with pytest.raises(Unavailable) as caught:
        await rig.keys.find("unknown")
    assert caught.value.reason == "KEY_NOT_CHECKED"
    rig.registry.trouble = None
    assert await rig.keys.find("unknown") == UNKNOWN


async def test_while_the_registry_is_away_known_keys_are_good() -> None:
    async with open_channel("127.0.0.1:1") as nowhere:
        keys = ReplicaKeys(nowhere, SERVICE_KEY, ManualClock(NOW))
        keys.replace([key_row(KNOWN)])
        keys.heard_time = NOW
        assert await keys.find("known") == KNOWN
        with pytest.raises(Unavailable):
            await keys.find("unknown")


@pytest.mark.parametrize("name", ["x" * 129, "\x00", "é"])
async def test_a_name_that_no_key_can_have_is_no_key(rig: Rig, name: str) -> None:
    assert await rig.keys.find(name) is None
    assert [each for each in rig.registry.asked if len(each) > 128] == []


async def test_the_last_use_of_each_key_is_reported_once(rig: Rig) -> None:
    for time in (NOW, NOW + 5):
        rig.keys.used("known", time)
    rig.keys.used("unknown", NOW + 1)
    await rig.keys.report_once()
    await rig.keys.report_once()
    assert sorted(rig.registry.uses) == [("known", NOW + 5), ("unknown", NOW + 1)]


async def test_what_could_not_be_reported_is_reported_later(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica_keys, "MOST_PER_REPORT", 2)
    for number in range(5):
        rig.keys.used(f"app-{number}", NOW)
    rig.registry.trouble = Unavailable("the store fails", 1.0)
    await rig.keys.report_once()
    rig.keys.used("app-0", NOW + 5)
    rig.registry.trouble = None
    await rig.keys.report_once()
    assert sorted(rig.registry.uses) == [("app-0", NOW + 5)] + [(f"app-{number}", NOW) for number in range(1, 5)]
