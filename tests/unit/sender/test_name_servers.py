"""Names that lead elsewhere the next moment, names that lead to several places, and name servers that hang."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender import name_servers
from hookline_dispatcher.sender.guard import Guard, NameNotResolved
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Outgoing
from hookline_dispatcher.sender.name_servers import NameServers, parse_servers
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from tests.unit.sender import receiver as r
from tests.unit.sender.dns import Answer, DnsServer, dns_server

INSIDE = "10.0.0.1"


def post(host: str, port: int) -> Outgoing:
    return Outgoing(b"POST", Endpoint("http", host, port), b"/", [], b"")


@asynccontextmanager
async def sending(answer: Answer, ttl: int = 0) -> AsyncIterator[tuple[Sender, DnsServer]]:
    """A sender that may reach loopback, and the name server that it asks."""
    async with dns_server(answer, ttl) as server:
        names = NameServers([server.address])
        sender = Sender(Guard(Policy.of("127.0.0.0/8"), resolver=names.addresses))
        try:
            yield sender, server
        finally:
            await sender.aclose()
            await names.aclose()


async def test_a_name_that_leads_inside_the_next_moment_gains_nothing() -> None:
    """DNS rebinding: every second answer leads inside, and none may be kept."""
    turns = 0

    def rebinding(_: str) -> Sequence[str]:
        nonlocal turns
        turns += 1
        return ["127.0.0.1"] if turns % 2 else [INSIDE]

    async with sending(rebinding) as (sender, server), r.receiving(r.answers_and_closes(r.OK)) as receiver:
        results = []
        for _ in range(6):
            results.append(await sender.send(post("rebind.example", receiver.endpoint.port), timeout=r.BOUND))
            await r.eventually(lambda: sender._pool.open == 0)
        assert len(server.asked) == 6, "each connection asked once, and none twice"
        assert receiver.visits == 3
    for number, result in enumerate(results):
        if number % 2:
            assert isinstance(result, Failed)
            assert result.outcome is Outcome.ADDRESS_REFUSED
            assert "10." not in result.reason
        else:
            assert isinstance(result, Answered)


@pytest.mark.parametrize(
    "addresses",
    [
        [INSIDE, "127.0.0.1"],
        ["127.0.0.1", INSIDE],
        ["127.0.0.1", "127.0.0.2", "169.254.169.254"],
        ["127.0.0.1", "fd00::1"],
        ["127.0.0.1", "::1"],
        ["127.0.0.1", "::ffff:10.0.0.1"],
        ["127.0.0.1", "64:ff9b::a00:1"],
    ],
)
async def test_a_name_with_one_address_inside_is_refused_as_a_whole(addresses: list[str]) -> None:
    async with sending(lambda _: addresses) as (sender, _), r.receiving(r.answers(r.OK)) as receiver:
        result = await sender.send(post("mixed.example", receiver.endpoint.port), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.ADDRESS_REFUSED
        assert receiver.visits == 0


async def test_a_name_server_that_hangs_holds_up_nobody_else() -> None:
    def answer(name: str) -> Sequence[str] | None:
        return None if name.startswith("hang") else ["127.0.0.1"]

    async with sending(answer) as (sender, server), r.receiving(r.answers(r.OK)) as receiver:
        port = receiver.endpoint.port
        hanging = [
            asyncio.ensure_future(sender.send(post(f"hang{number}.example", port), timeout=r.BOUND))
            for number in range(100)
        ]
        await r.eventually(lambda: len(set(server.asked)) == 100)
        for number in range(20):
            assert isinstance(await sender.send(post(f"well{number}.example", port), timeout=r.BOUND), Answered)
        assert not any(task.done() for task in hanging)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_question_without_an_answer_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_servers, "_FIRST_WAIT", 0.05)
    monkeypatch.setattr(name_servers, "_TRIES", 2)
    async with dns_server(lambda _: None) as server:
        names = NameServers([server.address])
        with pytest.raises(NameNotResolved):
            await Guard(resolver=names.addresses).resolve(Endpoint("http", "hang.example", 80))
        await names.aclose()


async def test_a_server_that_was_quick_so_far_may_take_its_time() -> None:
    """It answers what it knows at once, and what it has to ask others for when it has heard from them."""
    unheard = 3

    def answer(name: str) -> Sequence[str] | None:
        nonlocal unheard
        if name == "far.example":
            unheard -= 1
            return None if unheard >= 0 else ["127.0.0.1"]
        return ["127.0.0.1"]

    async with dns_server(answer) as server:
        names = NameServers([server.address])
        for number in range(20):
            await names.addresses(f"near{number}.example", 80)
        assert list(await names.addresses("far.example", 80)) == ["127.0.0.1"]
        await names.aclose()


async def test_an_answer_is_kept_for_as_long_as_it_says() -> None:
    async with dns_server(lambda _: ["127.0.0.1"], ttl=60) as server:
        names = NameServers([server.address])
        for _ in range(3):
            assert list(await names.addresses("kept.example", 80)) == ["127.0.0.1"]
        assert server.asked == ["kept.example"]
        await names.aclose()


async def test_without_sockets_to_ask_by_nothing_is_said_of_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async with dns_server(lambda _: []) as server:
        names = NameServers([server.address])
        with pytest.raises(OSError, match="no addresses"):
            await names.addresses("none.example", 80)

        def no_socket(*_: object) -> None:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

        with monkeypatch.context() as patch:
            patch.setattr(socket, "socket", no_socket)
            with pytest.raises(OSError, match=os.strerror(errno.EMFILE)) as raised:
                await names.addresses("none.example", 80)
        assert raised.value.errno == errno.EMFILE
        await names.aclose()


async def test_it_can_be_asked_again_after_it_was_closed() -> None:
    names = NameServers()
    await names.aclose()
    assert "127.0.0.1" in await names.addresses("localhost", 80)
    await names.aclose()


@pytest.mark.parametrize(
    "text, servers",
    [
        ("", ()),
        ("10.0.0.2", ("10.0.0.2",)),
        (" 10.0.0.2:5353 , [fd00::2]:53,fd00::3", ("10.0.0.2:5353", "[fd00::2]:53", "fd00::3")),
    ],
)
def test_reads_name_servers(text: str, servers: tuple[str, ...]) -> None:
    assert parse_servers(text) == servers


@pytest.mark.parametrize(
    "text", ["ns.example", "10.0.0", "10.0.0.2:", "10.0.0.2:0", "10.0.0.2:65536", "[fd00::2", "x:53"]
)
def test_bad_name_servers_are_named(text: str) -> None:
    with pytest.raises(ValueError, match="name server") as refused:
        parse_servers(f"10.0.0.1,{text}")
    assert repr(text) in str(refused.value)
