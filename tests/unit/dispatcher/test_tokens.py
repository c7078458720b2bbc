"""Tokens from a real token server: one fetch at a time, kept, renewed, and what fails is told to somebody."""

import asyncio
from dataclasses import replace

import pytest

from hookline_dispatcher.delivery.oauth2 import NoToken
from hookline_dispatcher.delivery.tokens import Granted, Tokens
from tests.unit.sender import receiver as r

from .token_server import answer, grant, local_sender, token_server


class Moments:
    """A clock that stands until it is moved."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now

    @property
    def soon(self) -> float:
        return self.now + r.BOUND


def value(granted: object) -> bytes:
    assert isinstance(granted, Granted), granted
    return granted.token.value


async def test_one_fetch_for_all_who_ask_and_none_while_it_is_good() -> None:
    clock = Moments()
    async with token_server(grant("one"), grant("two")) as server, local_sender() as sender:
        tokens = Tokens(sender, clock)
        found = await asyncio.gather(*(tokens.token(server.client(), clock.soon) for _ in range(50)))
        assert {value(each) for each in found} == {b"one"}
        clock.now += 3539
        assert value(await tokens.token(server.client(), clock.soon)) == b"one"
        assert len(server.requests) == 1
        clock.now += 1  # a minute before it expires
        assert value(await tokens.token(server.client(), clock.soon)) == b"two"


async def test_other_clients_and_other_accounts_share_none() -> None:
    clock = Moments()
    async with token_server() as server, local_sender() as sender:
        tokens, first = Tokens(sender, clock), server.client()
        for each in (first, replace(first, account_id=8), replace(first, secret="other"), server.client(scopes=("a",))):
            await tokens.token(each, clock.soon)
        assert len(server.requests) == 4


async def test_a_token_that_expires_at_once_is_used_once() -> None:
    clock = Moments()
    async with token_server(grant("one", expires_in=0), grant("two")) as server, local_sender() as sender:
        tokens = Tokens(sender, clock)
        assert value(await tokens.token(server.client(), clock.soon)) == b"one"
        assert value(await tokens.token(server.client(), clock.soon)) == b"two"


async def test_a_refused_token_is_renewed_once_for_all() -> None:
    clock = Moments()
    async with token_server(grant("one"), grant("two")) as server, local_sender() as sender:
        tokens = Tokens(sender, clock)
        one = await tokens.token(server.client(), clock.soon)
        assert isinstance(one, Granted)
        tokens.refused(server.client(), one)
        two = await tokens.token(server.client(), clock.soon)
        tokens.refused(server.client(), one)  # by an attempt that was still under way
        assert await tokens.token(server.client(), clock.soon) is two
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    "wrong, reason",
    [
        (answer(500, b"{}"), "the token server answered 500"),
        (answer(200, b"<html></html>", b"text/html"), "the token server's answer holds none"),
        (answer(200, b"{" + b" " * 2_000_000), "the token server's answer holds none"),
        (b"nonsense\r\n\r\n", "the token server"),
    ],
)
async def test_a_failure_is_told_and_forgotten(wrong: bytes, reason: str) -> None:
    clock = Moments()
    async with token_server(wrong, grant("one")) as server, local_sender() as sender:
        tokens = Tokens(sender, clock)
        failed = await tokens.token(server.client(), clock.soon)
        assert isinstance(failed, NoToken)
        assert reason in failed.reason
        assert value(await tokens.token(server.client(), clock.soon)) == b"one"


async def test_who_does_not_wait_so_long_gets_the_token_later() -> None:
    clock = Moments()
    async with token_server() as server, local_sender() as sender:
        tokens = Tokens(sender, clock)
        server.held.clear()
        assert await tokens.token(server.client(), clock.now) is None
        server.held.set()
        assert value(await tokens.token(server.client(), clock.soon)) == b"token-1"
        assert len(server.requests) == 1


async def test_a_failure_for_which_nobody_waited_is_told_to_the_next() -> None:
    clock = Moments()
    async with token_server(answer(503, b""), grant()) as server, local_sender() as sender:
        tokens = Tokens(sender, clock)
        server.held.clear()
        assert await tokens.token(server.client(), clock.now) is None
        server.held.set()
        await r.eventually(lambda: not tokens._fetches)
        told = await tokens.token(server.client(), clock.soon)
        assert told == NoToken("no access token: the token server answered 503")
        assert value(await tokens.token(server.client(), clock.soon)) == b"token-1"


async def test_a_server_that_hangs_is_left() -> None:
    async with token_server() as server, local_sender() as sender:
        tokens = Tokens(sender, fetch_seconds=0.05)
        server.held.clear()
        told = await tokens.token(server.client(), asyncio.get_running_loop().time() + r.BOUND)
        assert told == NoToken("no access token: the answer was not complete in time")


async def test_the_guard_looks_at_the_token_url() -> None:
    clock = Moments()
    async with token_server() as server, local_sender() as sender:
        client = server.client(token_url="http://10.0.0.1/token")
        told = await Tokens(sender, clock).token(client, clock.soon)
        assert isinstance(told, NoToken)
        assert (told.refusal and told.refusal.address) == "10.0.0.1"
        assert "10.0.0.1" not in told.reason


async def test_only_so_many_are_kept() -> None:
    clock = Moments()
    async with token_server() as server, local_sender() as sender:
        tokens = Tokens(sender, clock, most_kept=1)
        for scope in ("a", "b", "a"):
            await tokens.token(server.client(scopes=(scope,)), clock.soon)
        assert len(server.requests) == 3


async def test_what_is_under_way_at_the_end_is_broken_off() -> None:
    clock = Moments()
    async with token_server() as server, local_sender() as sender:
        tokens = Tokens(sender, clock)
        server.held.clear()
        assert await tokens.token(server.client(), clock.now) is None
        await tokens.aclose()
        assert not tokens._fetches
