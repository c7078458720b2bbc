"""Requests that show tokens, to a real receiver with tokens of a real token server."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.delivery.authorizing import NOT_IN_TIME, Authorizing
from hookline_dispatcher.delivery.tokens import Tokens
from hookline_dispatcher.sender.model import Answered, Failed, Late, SendResult
from tests.unit.sender import receiver as r

from .token_server import TokenServer, answer, grant, local_sender, token_server


@dataclass
class Rig:
    """A receiver that takes some tokens, and what shows it tokens."""

    authorizing: Authorizing
    tokens: TokenServer
    receiver: r.Receiver

    async def send(self, timeout: float = r.BOUND, leave_by: float | None = None) -> SendResult:
        client = self.tokens.client()
        return await self.authorizing.send(self.receiver.request(), client, timeout=timeout, leave_by=leave_by)

    @property
    def shown(self) -> list[bytes]:
        """The tokens that the receiver was shown."""
        return [
            each.partition(b"\r\nAuthorization: Bearer ")[2].partition(b"\r\n")[0] for each in self.receiver.requests
        ]


@contextlib.asynccontextmanager
async def rig(*answers: bytes, taken: bytes = b"") -> AsyncIterator[Rig]:
    async def script(visit: r.Visit) -> None:
        while (request := await visit.read_request()) is not None:
            await visit.write(answer(200 if taken in request else 401, request.partition(b"\r\n\r\n")[0]))

    async with token_server(*answers) as tokens, r.receiving(script) as receiver, local_sender() as sender:
        made = Tokens(sender)
        yield Rig(Authorizing(sender, made), tokens, receiver)
        await made.aclose()


def status(result: SendResult) -> int:
    assert isinstance(result, Answered), result
    return result.status_code


async def test_what_a_receiver_sends_back_of_the_token_is_masked() -> None:
    async with rig(grant("a-token")) as made:
        result = await made.send()
        assert isinstance(result, Answered)
        assert made.shown == [b"a-token"]
        assert b"Authorization: Bearer ***" in result.body
        assert b"a-token" not in result.body


async def test_a_kept_token_that_is_refused_is_renewed_in_the_same_attempt() -> None:
    async with rig(grant("old"), grant("new"), taken=b"new") as made:
        assert status(await made.send()) == 401  # the first one is fresh
        assert status(await made.send()) == 200
        assert status(await made.send()) == 200
        assert made.shown == [b"old", b"new", b"new"]


async def test_once_for_each_attempt() -> None:
    async with rig(grant("a"), grant("b"), grant("c"), taken=b"nothing") as made:
        await made.authorizing.tokens.token(made.tokens.client(), time.monotonic() + r.BOUND)
        assert status(await made.send()) == 401
        assert made.shown == [b"a", b"b"]


async def test_where_no_other_token_is_got_the_receivers_answer_stands() -> None:
    async with rig(grant("a"), answer(500, b""), taken=b"nothing") as made:
        await made.authorizing.tokens.token(made.tokens.client(), time.monotonic() + r.BOUND)
        assert status(await made.send()) == 401
        assert made.shown == [b"a"]


async def test_a_slot_is_for_one_request() -> None:
    async with rig(grant("old"), grant("new"), taken=b"new") as made:
        await made.authorizing.tokens.token(made.tokens.client(), time.monotonic() + r.BOUND)
        soon = time.monotonic() + r.BOUND
        assert status(await made.send(leave_by=soon)) == 401
        assert status(await made.send(leave_by=soon)) == 200
        assert made.shown == [b"old", b"new"]


async def test_a_slot_that_is_over_before_the_token_comes_is_given_back() -> None:
    async with rig() as made:
        made.tokens.held.clear()
        assert isinstance(await made.send(leave_by=time.monotonic() + 0.02), Late)
        assert made.receiver.requests == []
        made.tokens.held.set()
        assert status(await made.send(leave_by=time.monotonic() + r.BOUND)) == 200
        assert len(made.tokens.requests) == 1


async def test_a_server_that_fails_after_the_slot_is_told_in_the_next_one() -> None:
    async with rig(answer(500, b""), grant()) as made:
        made.tokens.held.clear()
        assert isinstance(await made.send(leave_by=time.monotonic() + 0.02), Late)
        made.tokens.held.set()
        result = await made.send(leave_by=time.monotonic() + r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.NOT_AUTHORIZED


async def test_the_attempt_ends_at_its_deadline() -> None:
    async with rig() as made:
        made.tokens.held.clear()
        result = await made.send(timeout=0.05)
        assert isinstance(result, Failed)
        assert (result.outcome, result.reason) == (Outcome.NOT_AUTHORIZED, NOT_IN_TIME)
        assert result.latency >= 50_000
        assert made.receiver.requests == []


async def test_many_at_once_get_by_with_one_token_and_one_renewal() -> None:
    async with rig(grant("old"), grant("new"), taken=b"new") as made:
        await made.authorizing.tokens.token(made.tokens.client(), time.monotonic() + r.BOUND)
        results = await asyncio.gather(*(made.send() for _ in range(20)))
        assert [status(each) for each in results] == [200] * 20
        assert len(made.tokens.requests) == 2


@pytest.mark.parametrize("cancelled_first", [True, False])
async def test_an_attempt_that_is_broken_off_leaves_the_fetch_to_others(cancelled_first: bool) -> None:
    async with rig() as made:
        made.tokens.held.clear()
        attempts = [asyncio.create_task(made.send()) for _ in range(2)]
        await r.eventually(lambda: len(made.tokens.requests) == 1)
        attempts[0 if cancelled_first else 1].cancel()
        made.tokens.held.set()
        results = await asyncio.gather(*attempts, return_exceptions=True)
        assert [isinstance(each, Answered) for each in results] == [not cancelled_first, cancelled_first]
