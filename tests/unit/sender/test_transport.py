"""The sender as an httpx transport, and any httpx transport as a sender."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.limits import Limits
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Late, Outgoing, Refusal, Sends
from hookline_dispatcher.sender.sender import Sender
from hookline_dispatcher.sender.transport import OWN_TLS, HooklineTransport, HttpxSender
from hookline_runtime.tls.to_receivers import ReceiverTls
from tests.unit.sender import receiver as r

OUTGOING = Outgoing(
    b"POST", Endpoint("https", "shop.example", 443), b"/hook?a=%20b", [(b"webhook-id", b"msg_1")], b"{}"
)


async def test_client_over_the_sender(sender: Sender) -> None:
    async with (
        r.receiving(r.answers(r.OK)) as receiver,
        httpx.AsyncClient(transport=HooklineTransport(sender)) as client,
    ):
        url = f"http://127.0.0.1:{receiver.endpoint.port}/hook?x=%20y"
        for _ in range(2):
            response = await client.post(url, json={"a": 1}, headers={"webhook-id": "msg_1"})
            assert (response.status_code, response.text, response.http_version) == (200, "ok", "HTTP/1.1")
            assert response.extensions["hookline_body_cut"] is False
        head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
        assert head.startswith(b"POST /hook?x=%20y HTTP/1.1\r\nHost: 127.0.0.1:")
        assert b"\r\nwebhook-id: msg_1\r\n" in head
        assert head.lower().count(b"accept-encoding") == head.lower().count(b"content-length") == 1
        assert body == b'{"a":1}'
        assert receiver.visits == 1


ERRORS = [
    (r.stays_silent, httpx.ReadTimeout),
    (r.answers(b"SSH-2.0-OpenSSH\r\n"), httpx.RemoteProtocolError),
    (r.answers_and_closes(), httpx.RemoteProtocolError),
    (r.floods_head, httpx.RemoteProtocolError),
]


@pytest.mark.parametrize("script, error", ERRORS)
async def test_failures_are_the_errors_of_httpx(sender: Sender, script: r.Script, error: type[Exception]) -> None:
    async with r.receiving(script) as receiver, httpx.AsyncClient(transport=HooklineTransport(sender)) as client:
        with pytest.raises(error):
            await client.get(f"http://127.0.0.1:{receiver.endpoint.port}/", timeout=0.5)


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://no-such-name.invalid/"])
async def test_no_connection_is_a_connect_error(sender: Sender, url: str) -> None:
    async with httpx.AsyncClient(transport=HooklineTransport(sender)) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(url)


async def test_what_cannot_be_written(sender: Sender) -> None:
    async with httpx.AsyncClient(transport=HooklineTransport(sender)) as client:
        with pytest.raises(httpx.LocalProtocolError):
            await client.request("CONNECT", "http://127.0.0.1/")
        with pytest.raises(httpx.UnsupportedProtocol):
            await client.get("ftp://127.0.0.1/")


class Replies(httpx.AsyncBaseTransport):
    """Answers with what it was given, or raises it."""

    def __init__(self, reply: httpx.Response | Exception | None) -> None:
        self._reply = reply
        self.requests: list[httpx.Request] = []
        self.closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if self._reply is None:
            await asyncio.Event().wait()
        if isinstance(self._reply, httpx.Response):
            return self._reply
        raise self._reply or AssertionError

    async def aclose(self) -> None:
        self.closed = True


class Endless(httpx.AsyncByteStream):
    """A body without end, which remembers that it was closed."""

    closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 10_000

    async def aclose(self) -> None:
        self.closed = True


async def test_request_as_the_transport_gets_it() -> None:
    transport = Replies(httpx.Response(202, headers={"Retry-After": "5"}, stream=httpx.ByteStream(b"ok")))
    sender: Sends = HttpxSender(transport, Guard())
    result = await sender.send(OUTGOING, timeout=5.0)
    assert isinstance(result, Answered)
    assert (result.status_code, result.headers, result.body, result.body_cut) == (
        202,
        ((b"retry-after", b"5"),),
        b"ok",
        False,
    )
    request = transport.requests[0]
    assert (request.method, str(request.url)) == ("POST", "https://shop.example/hook?a=%20b")
    assert dict(request.headers) == {
        "host": "shop.example",
        "accept-encoding": "identity",
        "webhook-id": "msg_1",
        "content-length": "2",
    }
    assert await request.aread() == b"{}"
    await sender.aclose()
    assert transport.closed


@pytest.mark.parametrize(
    "reply, outcome",
    [
        (None, Outcome.TIMEOUT),
        (httpx.ReadTimeout("x"), Outcome.TIMEOUT),
        (httpx.ConnectError("10.0.0.1"), Outcome.NOT_CONNECTED),
        (httpx.RemoteProtocolError("x"), Outcome.PROTOCOL_ERROR),
        (ConnectionResetError("x"), Outcome.PROTOCOL_ERROR),
        (httpx.Response(200, headers={"x": "a" * 70_000}), Outcome.TOO_LARGE),
    ],
)
async def test_errors_of_httpx_are_failures(reply: httpx.Response | Exception | None, outcome: Outcome) -> None:
    result = await HttpxSender(Replies(reply), Guard()).send(OUTGOING, timeout=0.1)
    assert isinstance(result, Failed)
    assert result.outcome is outcome
    assert "10.0.0.1" not in result.reason


async def test_endless_body_is_cut_and_closed() -> None:
    body = Endless()
    sender = HttpxSender(Replies(httpx.Response(200, stream=body)), Guard(), limits=Limits(body_kept=100))
    result = await sender.send(OUTGOING, timeout=5.0)
    assert isinstance(result, Answered)
    assert (result.body, result.body_cut, body.closed) == (b"x" * 100, True, True)


async def test_compressed_body_stays_compressed() -> None:
    reply = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"not gzip"))
    result = await HttpxSender(Replies(reply), Guard()).send(OUTGOING, timeout=5.0)
    assert isinstance(result, Answered)
    assert result.body == b"not gzip"


async def test_what_never_reaches_the_transport() -> None:
    transport = Replies(httpx.Response(200))
    sender = HttpxSender(transport, Guard())
    private = Outgoing(b"POST", Endpoint("http", "10.0.0.1", 80), b"/", [], b"")
    refused = await sender.send(private, timeout=1.0)
    assert isinstance(refused, Failed)
    assert (refused.outcome, refused.refusal) == (Outcome.ADDRESS_REFUSED, Refusal("10.0.0.1", "private"))
    # It cannot be told what to show and trust: without that, nothing is sent.
    own = await sender.send(OUTGOING._replace(tls=ReceiverTls(authorities="PEM")), timeout=1.0)
    assert isinstance(own, Failed)
    assert (own.outcome, own.reason) == (Outcome.TLS_FAILED, OWN_TLS)
    assert await sender.send(OUTGOING, timeout=1.0, leave_by=asyncio.get_running_loop().time() - 1) == Late()
    with pytest.raises(ValueError):
        await sender.send(Outgoing(b"POST", OUTGOING.endpoint, b"/", [(b"a", b"b\r\nc: d")], b""), timeout=1.0)
    assert transport.requests == []


async def test_each_over_the_other(sender: Sender, guard: Guard) -> None:
    async with r.receiving(r.answers(r.OK)) as receiver:
        result = await HttpxSender(HooklineTransport(sender), guard).send(receiver.request(), timeout=r.BOUND)
        assert isinstance(result, Answered)
        assert (result.status_code, result.body) == (200, b"ok")
