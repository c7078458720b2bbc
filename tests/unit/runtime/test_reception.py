from __future__ import annotations

import asyncio
from typing import Any

import grpc.aio
import pytest

from hookline_runtime.errors import Aborted, HooklineError, InvalidArgument, ResourceExhausted
from hookline_runtime.reception import Reception, ReceptionLimits

BOUND = 5.0


class Sender:
    """Sends its request when it is told to."""

    def __init__(self, request: object = b"x") -> None:
        self._request = request
        self.asked = asyncio.Event()
        self.send = asyncio.Event()

    async def read(self) -> Any:
        self.asked.set()
        await self.send.wait()
        return self._request


def sent(request: object) -> Any:
    sender = Sender(request)
    sender.send.set()
    return sender.read


async def asked(sender: Sender) -> None:
    async with asyncio.timeout(BOUND):
        await sender.asked.wait()


@pytest.mark.parametrize("request_, brief, held", [
    (b"", True, 0),
    (b"x" * 10, True, 0),
    (b"x" * 11, True, 11),
    (b"x" * 10, False, 0),
    (b"x" * 99, True, 50),
])  # fmt: skip
async def test_counts_large_requests(request_: bytes, brief: bool, held: int) -> None:
    reception = Reception(ReceptionLimits(large=10, in_hand=50))
    assert await reception.receive(sent(request_), "a", brief=brief) == (request_, held)


@pytest.mark.parametrize("request_, brief", [(grpc.aio.EOF, True), (b"x" * 11, False)])
async def test_refuses_no_request_and_a_large_one_of_a_call_that_lasts(request_: object, brief: bool) -> None:
    with pytest.raises(InvalidArgument):
        await Reception(ReceptionLimits(large=10)).receive(sent(request_), "a", brief=brief)


@pytest.mark.parametrize("keys, next_key", [(["a", "a"], "a"), (["a", "a", "b"], "c")])
async def test_only_so_many_are_received_at_once(keys: list[str], next_key: str) -> None:
    reception = Reception(ReceptionLimits(places=3, places_of_one=2))
    senders = [Sender() for _ in keys]
    held = [
        asyncio.create_task(reception.receive(sender.read, key, brief=True))
        for sender, key in zip(senders, keys, strict=True)
    ]
    for sender in senders:
        await asked(sender)
    late = Sender()
    waits = asyncio.create_task(reception.receive(late.read, next_key, brief=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not late.asked.is_set()
    senders[0].send.set()
    await asked(late)
    for sender in [*senders, late]:
        sender.send.set()
    await asyncio.gather(*held, waits)


async def test_one_key_does_not_stand_in_the_way_of_another() -> None:
    reception = Reception(ReceptionLimits(places=2, places_of_one=1))
    halves = [Sender() for _ in range(5)]
    stuck = [asyncio.create_task(reception.receive(half.read, "a", brief=True)) for half in halves]
    await asked(halves[0])
    async with asyncio.timeout(BOUND):
        assert await reception.receive(sent(b"b"), "b", brief=True) == (b"b", 0)
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    assert await reception.receive(sent(b"a"), "a", brief=True) == (b"a", 0)


async def test_what_is_in_hand_is_bounded_and_comes_back() -> None:
    reception = Reception(ReceptionLimits(large=1, in_hand=10))
    _, held = await reception.receive(sent(b"x" * 8), "a", brief=True)
    late = asyncio.create_task(reception.receive(sent(b"x" * 8), "b", brief=True))
    await reception.receive(sent(b"x"), "c", brief=True)
    assert not late.done()
    reception.done(held)
    assert (await late)[1] == 8


@pytest.mark.parametrize("stage, error", [("place", ResourceExhausted), ("read", Aborted), ("hand", ResourceExhausted)])
async def test_patience_ends(stage: str, error: type[HooklineError]) -> None:
    reception = Reception(ReceptionLimits(places=1, patience=0.05, large=1, in_hand=10))
    first = None
    if stage == "hand":
        await reception.receive(sent(b"x" * 8), "a", brief=True)
    elif stage == "place":
        first = asyncio.create_task(Reception.receive(reception, Sender().read, "a", brief=True))
        await asyncio.sleep(0)
    request = Sender(b"x" * 8)
    if stage == "hand":
        request.send.set()
    with pytest.raises(error):
        await reception.receive(request.read, "b", brief=True)
    if first is not None:
        with pytest.raises(Aborted):
            await first
