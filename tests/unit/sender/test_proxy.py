"""The egress proxy: everything goes through it, to checked addresses, and nothing goes past it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
import trustme

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Outgoing
from hookline_dispatcher.sender.proxy import Proxy, ProxyAddress, parse_proxy
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from tests.unit.sender import receiver as r

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


@dataclass
class Tunnels:
    """A proxy that does what is asked, or answers something else."""

    answer: bytes
    heads: list[bytes] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            writer.write(self.answer)
            if self.answer != ESTABLISHED:
                await reader.read()
                return
            host, _, port = head.split(b" ")[1].decode().rpartition(":")
            far_reader, far_writer = await asyncio.open_connection(host, int(port))
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


async def names(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


@asynccontextmanager
async def tunnels(answer: bytes = ESTABLISHED) -> AsyncIterator[Tunnels]:
    proxy = Tunnels(answer)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()


@asynccontextmanager
async def sending_through(
    port: int, authorization: bytes = b"", context: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[Sender]:
    guard = Guard(Policy.of("127.0.0.0/8"), resolver=names)
    sender = Sender(guard, proxy=Proxy(ProxyAddress(host, port, authorization), names), ssl_context=context)
    try:
        yield sender
    finally:
        await sender.aclose()


def post(port: int, scheme: str = "http", host: str = "shop.example") -> Outgoing:
    return Outgoing(b"POST", Endpoint(scheme, host, port), b"/", [], b"{}")


@pytest.mark.parametrize("proxy_host", ["127.0.0.1", "proxy.example"])
async def test_a_request_goes_through_the_proxy_to_a_checked_address(proxy_host: str) -> None:
    async with tunnels() as proxy, r.receiving(r.answers(r.OK)) as receiver:
        port = receiver.endpoint.port
        async with sending_through(proxy.port, host=proxy_host) as sender:
            for _ in range(2):
                assert isinstance(await sender.send(post(port), timeout=r.BOUND), Answered)
        assert proxy.heads == [f"CONNECT 127.0.0.1:{port} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()]
        assert f"\r\nHost: shop.example:{port}\r\n".encode() in receiver.requests[0]
        assert receiver.visits == 1


async def test_tls_is_with_the_receiver_and_checks_its_name() -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("shop.example").configure_cert(server)
    authority.configure_trust(client)
    async with tunnels() as proxy, r.receiving(r.answers(r.OK), tls=server) as receiver:
        async with sending_through(proxy.port, context=client) as sender:
            assert isinstance(await sender.send(post(receiver.endpoint.port, "https"), timeout=r.BOUND), Answered)
            other = await sender.send(post(receiver.endpoint.port, "https", "other.example"), timeout=r.BOUND)
        assert isinstance(other, Failed)
        assert other.outcome is Outcome.TLS_FAILED


async def test_says_who_it_is() -> None:
    at = parse_proxy("http://me%40here:s%3Acret@127.0.0.1:1")
    async with tunnels() as proxy, r.receiving(r.answers(r.OK)) as receiver:
        async with sending_through(proxy.port, at.authorization) as sender:
            assert isinstance(await sender.send(post(receiver.endpoint.port), timeout=r.BOUND), Answered)
        assert b"\r\nProxy-Authorization: Basic bWVAaGVyZTpzOmNyZXQ=\r\n\r\n" in proxy.heads[0]
        assert b"roxy-Authorization" not in receiver.requests[0]
    assert "cret" not in repr(at)


@pytest.mark.parametrize(
    "answer, outcome, own",
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", Outcome.ADDRESS_REFUSED, False),
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", Outcome.NOT_CONNECTED, True),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", Outcome.NOT_CONNECTED, False),
        (b"HTTP/1.1 504 Gateway Timeout\r\n\r\n", Outcome.NOT_CONNECTED, False),
        (b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\n\r\n", Outcome.NOT_CONNECTED, True),
        (b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", Outcome.NOT_CONNECTED, True),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Outcome.NOT_CONNECTED, True),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 2000, Outcome.NOT_CONNECTED, True),
    ],
)
async def test_what_the_proxy_refuses_is_not_sent(answer: bytes, outcome: Outcome, own: bool) -> None:
    async with tunnels(answer) as proxy, r.receiving(r.answers(r.OK)) as receiver:
        async with sending_through(proxy.port) as sender:
            result = await sender.send(post(receiver.endpoint.port), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert (result.outcome, result.own) == (outcome, own)
        assert receiver.visits == 0


async def test_where_the_proxy_is_away_nothing_goes_past_it() -> None:
    async with tunnels() as proxy:
        port = proxy.port
    async with r.receiving(r.answers(r.OK)) as receiver, sending_through(port) as sender:
        result = await sender.send(post(receiver.endpoint.port), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert (result.outcome, result.own) == (Outcome.NOT_CONNECTED, True)
        assert receiver.visits == 0


async def test_a_proxy_that_says_nothing_takes_no_longer_than_the_deadline() -> None:
    async with tunnels(b"") as proxy, sending_through(proxy.port) as sender:
        result = await sender.send(post(9), timeout=0.1)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TIMEOUT


async def test_the_guard_is_asked_before_the_proxy() -> None:
    async with tunnels() as proxy, sending_through(proxy.port) as sender:
        for host in ("10.0.0.1", "169.254.169.254", "::1", "2130706433.1.1.1.1"):
            result = await sender.send(post(443, host=host), timeout=r.BOUND)
            assert isinstance(result, Failed)
            assert result.outcome is Outcome.ADDRESS_REFUSED
        assert proxy.heads == []


async def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with tunnels() as proxy, r.receiving(r.answers(r.OK)) as receiver:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        sender = Sender(Guard(Policy.of("127.0.0.0/8")))
        assert isinstance(await sender.send(receiver.request(), timeout=r.BOUND), Answered)
        await sender.aclose()
        assert proxy.heads == []


@pytest.mark.parametrize(
    "url, at",
    [
        ("http://proxy.example:3128", ProxyAddress("proxy.example", 3128)),
        ("http://[fd00::1]:3128/", ProxyAddress("fd00::1", 3128)),
        ("http://a:b@10.0.0.1:80", ProxyAddress("10.0.0.1", 80, b"Basic YTpi")),
    ],
)
def test_reads_the_url_of_a_proxy(url: str, at: ProxyAddress) -> None:
    assert parse_proxy(url) == at


@pytest.mark.parametrize(
    "url",
    [
        "proxy:3128",
        "https://proxy:3128",
        "http://no-port.example",
        "http://:3128",
        "http://p:x",
        "http://p:1/x",
        "http://p:1?x",
    ],
)
def test_a_bad_url_of_a_proxy_is_not_shown(url: str) -> None:
    with pytest.raises(ValueError, match=r"such as http://proxy\.example:3128") as refused:
        parse_proxy(url)
    assert url not in str(refused.value)
