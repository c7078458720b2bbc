from __future__ import annotations

import asyncio

import grpc
import pytest
from google.rpc import error_details_pb2

from hookline_runtime import wrong_keys
from hookline_runtime.channels import ServerLimits
from hookline_runtime.wrong_keys import LONGEST_SECONDS, MOST_ADDRESSES, WrongKeys, address_of
from tests.unit.runtime.rig import TARGET, failure, get_target, running, shows, targets


def test_as_many_as_are_allowed_are_answered_at_once_then_ever_more_slowly() -> None:
    keys = WrongKeys(3)
    delays = [keys.came("a", 0.0) for _ in range(12)]
    assert delays[:3] == [0, 0, 0]
    assert delays[3:] == sorted(delays[3:])
    assert (delays[3], delays[-1]) == (0.2, LONGEST_SECONDS)
    assert keys.came("b", 0.0) == 0


def test_who_stops_is_as_good_as_new() -> None:
    keys = WrongKeys(3)
    for _ in range(1000):
        keys.came("a", 0.0)
    assert keys.came("a", 10.0) > 0
    assert keys.came("a", 10_000.0) == 0


def test_zero_slows_nobody() -> None:
    keys = WrongKeys(0)
    assert {keys.came("a", 0.0) for _ in range(100)} == {0.0}
    assert len(keys) == 0


def test_few_addresses_are_remembered() -> None:
    keys = WrongKeys(1)
    for number in range(MOST_ADDRESSES + 5):
        keys.came(f"{number}", 0.0)
    assert len(keys) == MOST_ADDRESSES


def test_few_answers_are_held_back() -> None:
    keys = WrongKeys(1)
    for address in "abcde":
        keys.came(address, 0.0)
    assert [sum(keys.hold(address) for _ in range(100)) for address in "abcde"] == [16, 16, 16, 16, 0]
    keys.release("a")
    assert keys.hold("e")
    assert not keys.hold("unknown")


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("ipv4:127.0.0.1:5000", "127.0.0.1"),
        ("ipv6:%5B2001:db8::7%5D:5000", "2001:db8::/64"),
        ("ipv6:[::ffff:1.2.3.4]:5000", "1.2.3.4"),
        ("unix:/a", "unix:/a"),
    ],
)
def test_who_counts_as_one(peer: str, address: str) -> None:
    assert address_of(peer) == address


async def test_a_right_key_is_let_in_beside_many_wrong_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wrong_keys, "FIRST_SECONDS", LONGEST_SECONDS)  # so that they are held back until the end
    limits = ServerLimits(wrong_keys_per_minute=1)
    async with running(targets(), limits=limits) as (_, channel):
        call, wrong = get_target(channel), shows("all", "wrong")
        assert (await failure(call(TARGET, metadata=wrong))).code == grpc.StatusCode.UNAUTHENTICATED
        tries = [asyncio.ensure_future(failure(call(TARGET, metadata=wrong))) for _ in range(17)]
        done, held = await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
        assert {each.result().code for each in done} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        assert next(iter(done)).result().detail(error_details_pb2.RetryInfo).retry_delay.seconds == LONGEST_SECONDS
        await call(TARGET, metadata=shows("all"))
        for each in held:
            each.cancel()
        await asyncio.gather(*held, return_exceptions=True)
