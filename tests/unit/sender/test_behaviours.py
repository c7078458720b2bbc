"""The sender against receivers that do not behave, over real sockets."""

import asyncio
import contextlib
import errno
import os
import resource
import socket
from collections.abc import Callable, Iterator

import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.limits import Limits
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Late, Outgoing, Refusal
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from tests.unit.sender import receiver as r

Check = Callable[[object], None]
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


ANSWERED = [
    pytest.param(r.answers(r.OK), 200, b"ok", id="content-length"),
    pytest.param(r.answers(r.OK[:20], r.OK[20:]), 200, b"ok", id="in two pieces"),
    pytest.param(r.answers(*(bytes([byte]) for byte in r.OK)), 200, b"ok", id="byte by byte"),
    pytest.param(r.answers(CHUNKED + b"2\r\nhi\r\n4;x=y\r\n you\r\n0\r\nT: 1\r\n\r\n"), 200, b"hi you", id="chunked"),
    pytest.param(
        r.answers_and_closes(b"HTTP/1.1 200 OK\r\n\r\nuntil the end"), 200, b"until the end", id="close-delimited"
    ),
    pytest.param(r.answers_and_closes(b"HTTP/1.0 200 OK\r\n\r\nold"), 200, b"old", id="HTTP/1.0"),
    pytest.param(r.answers(b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), 200, b"", id="no reason phrase"),
    pytest.param(r.answers(b"HTTP/1.1 204 No Content\r\n\r\n"), 204, b"", id="204"),
    pytest.param(r.answers(b"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n"), 204, b"", id="204 with a length"),
    pytest.param(
        r.answers(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"), 304, b"", id="304 with a length"
    ),
    pytest.param(r.answers(b"HTTP/1.1 301 Moved\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), 301, b"", id="redirect"),
    pytest.param(r.answers(b"HTTP/1.1 100 Continue\r\n\r\n" + r.OK), 200, b"ok", id="100 first"),
    pytest.param(r.answers(b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n" * 16, r.OK), 200, b"ok", id="sixteen 103 first"),
    pytest.param(r.answers(b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno"), 500, b"no", id="500"),
    pytest.param(r.answers(r.OK + b"HTTP/1.1 500 Smuggled\r\n\r\n"), 200, b"ok", id="a second answer behind"),
    pytest.param(r.answers(r.OK + b"rubbish"), 200, b"ok", id="rubbish behind"),
    pytest.param(
        r.answers_and_closes(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nokrubbish"),
        200,
        b"ok",
        id="rubbish behind a close",
    ),
    pytest.param(r.answers_and_resets(r.OK), 200, b"ok", id="reset after the answer"),
    pytest.param(
        r.answers_and_closes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nraw"), 200, b"raw", id="unknown coding"
    ),
]


@pytest.mark.parametrize("script, status, body", ANSWERED)
async def test_answer(sender: Sender, script: r.Script, status: int, body: bytes) -> None:
    async with r.receiving(script) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
    assert isinstance(result, Answered)
    assert (result.status_code, result.body, result.body_cut) == (status, body, False)
    assert result.latency > 0


PROTOCOL_ERRORS = [
    pytest.param(r.answers_and_closes(), id="closes without an answer"),
    pytest.param(r.resets, id="resets"),
    pytest.param(r.answers_and_closes(b"HTTP/1.1 200 OK\r\nContent-Le"), id="closes within the head"),
    pytest.param(
        r.answers_and_closes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"), id="closes within the length"
    ),
    pytest.param(r.answers_and_closes(CHUNKED + b"5\r\nhel"), id="closes within a chunk"),
    pytest.param(r.answers_and_closes(CHUNKED + b"5\r\nhello\r\n"), id="closes before the last chunk"),
    pytest.param(r.answers_and_resets(b"HTTP/1.1 200 OK\r\n\r\npart"), id="resets within a close-delimited body"),
    pytest.param(r.answers_and_closes(b"HTTP/1.1 100 Continue\r\n\r\n"), id="only an interim answer"),
    pytest.param(r.answers(CHUNKED + b"zz\r\n"), id="chunk size not a number"),
    pytest.param(r.answers(CHUNKED + b"-1\r\nx\r\n"), id="chunk size negative"),
    pytest.param(r.answers(CHUNKED + b"ffffffffffffffffff\r\n"), id="chunk size overflows"),
    pytest.param(r.answers(CHUNKED + b"2\r\nhiX"), id="chunk without its end"),
    pytest.param(r.answers(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), id="length not a number"),
    pytest.param(r.answers(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), id="length negative"),
    pytest.param(r.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"), id="two lengths"),
    pytest.param(
        r.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n"),
        id="length and chunked",
    ),
    pytest.param(r.answers(b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"), id="bare line feeds"),
    pytest.param(r.answers(b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n"), id="folded header"),
    pytest.param(r.answers(b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"), id="NUL in a header"),
    pytest.param(r.answers(b"HTTP/1.1 099 Low\r\n\r\n"), id="status too low"),
    pytest.param(r.answers(b"HTTP/1.1 1000 High\r\n\r\n"), id="status too high"),
    pytest.param(r.answers(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), id="upgrade"),
    pytest.param(r.answers(b"HTTP/2.0 200 OK\r\n\r\n"), id="HTTP/2.0"),
    pytest.param(r.answers(b"HTTP/0.9 200 OK\r\n\r\n"), id="HTTP/0.9"),
    pytest.param(r.answers(b"RTSP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"), id="RTSP"),
    pytest.param(r.answers(b"SSH-2.0-OpenSSH_9.6\r\n"), id="SSH"),
    pytest.param(r.answers(b"\x16\x03\x01\x02\x00"), id="TLS bytes"),
    pytest.param(r.answers(b"\0" * 100), id="zeros"),
    pytest.param(r.floods_interim, id="interim answers without end"),
]


@pytest.mark.parametrize("script", PROTOCOL_ERRORS)
async def test_not_http(sender: Sender, script: r.Script) -> None:
    async with r.receiving(script) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.PROTOCOL_ERROR
        assert result.reason
        assert receiver.visits == 1


async def test_head_too_large(sender: Sender) -> None:
    async with r.receiving(r.floods_head) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
    assert isinstance(result, Failed)
    assert result.outcome is Outcome.TOO_LARGE


@pytest.mark.parametrize("script, status", [(r.floods_body, 201), (r.floods_chunks, 200)])
async def test_endless_body_is_cut(sender: Sender, script: r.Script, status: int) -> None:
    async with r.receiving(script) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
    assert isinstance(result, Answered)
    assert (result.status_code, len(result.body), result.body_cut) == (status, 16 * 1024, True)


async def test_large_body_is_cut_and_the_connection_kept(sender: Sender) -> None:
    body = b"x" * 100_000
    async with r.receiving(r.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body)) as receiver:
        for _ in range(2):
            result = await sender.send(receiver.request(), timeout=r.BOUND)
            assert isinstance(result, Answered)
            assert (result.body, result.body_cut) == (body[: 16 * 1024], True)
        assert receiver.visits == 1


@pytest.mark.parametrize("script", [r.stays_silent, r.drips])
async def test_deadline_ends_the_exchange(sender: Sender, script: r.Script) -> None:
    async with r.receiving(script) as receiver:
        result = await sender.send(receiver.request(), timeout=0.2)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TIMEOUT
        assert result.latency >= 150_000
        await asyncio.wait_for(receiver.ended.wait(), r.BOUND)


async def test_kept_headers_are_capped_and_in_lower_case(sender: Sender) -> None:
    head = b"HTTP/1.1 200 OK\r\nRetry-After: 7\r\nContent-Length: 0\r\n"
    many = b"".join(b"X-Number-%05d: %s\r\n" % (number, b"v" * 80) for number in range(400))
    async with r.receiving(r.answers(head + many + b"\r\n")) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
    assert isinstance(result, Answered)
    assert result.headers[:3] == ((b"retry-after", b"7"), (b"content-length", b"0"), (b"x-number-00000", b"v" * 80))
    assert 15_000 < sum(len(name) + len(value) + 4 for name, value in result.headers) <= 16 * 1024
    assert result.head_cut


async def test_head_has_no_body(sender: Sender) -> None:
    async with r.receiving(r.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")) as receiver:
        for _ in range(2):
            result = await sender.send(receiver.request(b"HEAD", b""), timeout=r.BOUND)
            assert isinstance(result, Answered)
            assert result.body == b""


async def test_answer_before_the_body_is_read(sender: Sender) -> None:
    async with r.receiving(r.answers_before_reading) as receiver:
        result = await sender.send(receiver.request(body=b"x" * 20_000_000), timeout=r.BOUND)
        assert isinstance(result, Answered)
        assert (result.status_code, result.body) == (413, b"big")
        await asyncio.wait_for(receiver.ended.wait(), r.BOUND)  # a request half written is never followed by another


async def test_large_body_arrives_whole(sender: Sender) -> None:
    body = bytes(range(256)) * 20_000
    async with r.receiving(r.answers(r.OK)) as receiver:
        result = await sender.send(receiver.request(body=body), timeout=r.BOUND)
        assert isinstance(result, Answered)
        assert receiver.requests[0].endswith(b"\r\n\r\n" + body)


async def test_late_sends_nothing_and_keeps_the_connection(sender: Sender) -> None:
    loop = asyncio.get_running_loop()
    async with r.receiving(r.answers(r.OK)) as receiver:
        for _ in range(2):  # without a connection, then with one
            late = await sender.send(receiver.request(), timeout=r.BOUND, leave_by=loop.time() - 1)
            assert late == Late()
        assert receiver.requests == []
        result = await sender.send(receiver.request(), timeout=r.BOUND, leave_by=loop.time() + 60)
        assert isinstance(result, Answered)
        assert receiver.visits == 1


async def test_refused_connection(sender: Sender) -> None:
    async with r.receiving(r.answers(r.OK)) as receiver:
        request = receiver.request()
    result = await sender.send(request, timeout=r.BOUND)
    assert isinstance(result, Failed)
    assert result.outcome is Outcome.NOT_CONNECTED
    assert "127." not in result.reason
    assert not result.own


@contextlib.contextmanager
def no_sockets() -> Iterator[None]:
    """This process can open no more files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = os.dup(0)
    os.close(free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_want_of_sockets_is_our_own(sender: Sender, host: str) -> None:
    async with r.receiving(r.answers(r.OK)) as receiver:
        request = receiver.request()._replace(endpoint=Endpoint("http", host, receiver.endpoint.port))
        with no_sockets():
            result = await sender.send(request, timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert (result.outcome, result.reason) == (Outcome.NOT_CONNECTED, "the sender has no more sockets")
        assert result.own
        assert isinstance(await sender.send(request, timeout=r.BOUND), Answered)


async def test_a_look_up_without_sockets_says_nothing_of_the_name(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")  # as a system does that cannot ask

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    request = Outgoing(b"POST", Endpoint("http", "r.example", 80), b"/", [], b"")
    with no_sockets():
        result = await sender.send(request, timeout=r.BOUND)
    assert isinstance(result, Failed)
    assert result.own
    result = await sender.send(request, timeout=r.BOUND)
    assert isinstance(result, Failed)
    assert (result.outcome, result.own) == (Outcome.NAME_NOT_RESOLVED, False)


async def test_an_idle_connection_gives_way_when_sockets_have_run_out() -> None:
    asked = 0

    async def resolver(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return ["127.0.0.1"]

    sender = Sender(Guard(Policy.of("127.0.0.0/8"), resolver=resolver))
    async with r.receiving(r.answers(r.OK)) as receiver:
        for host in ("a.example", "b.example"):
            request = receiver.request()._replace(endpoint=Endpoint("http", host, receiver.endpoint.port))
            assert isinstance(await sender.send(request, timeout=r.BOUND), Answered)
        await receiver.ended.wait()
        assert (asked, receiver.visits) == (3, 2)
    await sender.aclose()


async def test_refused_address_gets_no_connection() -> None:
    sender = Sender(Guard())
    async with r.receiving(r.answers(r.OK)) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.ADDRESS_REFUSED
        assert result.refusal == Refusal("127.0.0.1", "loopback")
        assert receiver.visits == 0
    await sender.aclose()


async def test_limits_are_the_callers(guard: Guard) -> None:
    sender = Sender(guard, limits=Limits(body_kept=3, body_read=5, head_read=100))
    async with r.receiving(r.answers(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody")) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
    assert isinstance(result, Answered)
    assert (result.body, result.body_cut) == (b"bod", True)
    await sender.aclose()


async def test_cookies_are_not_kept_and_redirects_not_followed(sender: Sender) -> None:
    elsewhere = r.answers(
        b"HTTP/1.1 307 Temporary Redirect\r\nLocation: /x\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    )
    async with r.receiving(elsewhere) as receiver:
        for _ in range(2):
            answered = await sender.send(receiver.request(), timeout=r.BOUND)
            assert isinstance(answered, Answered)
            assert answered.status_code == 307
        assert len(receiver.requests) == 2
        assert b"ookie" not in receiver.requests[1]


async def test_a_body_in_too_many_pieces_is_cut(guard: Guard) -> None:
    sender = Sender(guard, limits=Limits(body_pieces=10))
    pieces = CHUNKED + b"1\r\nc\r\n" * 11 + b"0\r\n\r\n"
    fewer = CHUNKED + b"1\r\nc\r\n" * 10 + b"0\r\n\r\n"
    for script, body, cut, visits in ((r.answers(pieces), b"c" * 10, True, 2), (r.answers(fewer), b"c" * 10, False, 1)):
        async with r.receiving(script) as receiver:
            for _ in range(2):
                answered = await sender.send(receiver.request(), timeout=r.BOUND)
                assert isinstance(answered, Answered)
                assert (answered.status_code, answered.body, answered.body_cut) == (200, body, cut)
            assert receiver.visits == visits
    await sender.aclose()
