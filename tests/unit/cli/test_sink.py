import asyncio
import json
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from hookline_cli.address import Address
from hookline_cli.http_server import MAX_BODY_BYTES, HttpServer, Request, Response
from hookline_cli.sink.behaviour import Behaviour
from hookline_cli.sink.bin import Received, Sink
from hookline_cli.sink.printing import as_json, counts_json, pretty_body

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


async def raw(address: Address, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(sent)
    writer.write_eof()
    async with asyncio.timeout(5):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def echo(request: Request) -> Response:
    return Response(200, {"x-target": request.target}, request.method.encode() + b" " + request.body)


async def test_keep_alive_and_pipelined_requests_are_answered_in_order() -> None:
    async with HttpServer(echo, Address("127.0.0.1", 0)) as server:
        answer = await raw(
            server.address,
            b"POST /1 HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\none"
            b"POST /2 HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n2\r\ntw\r\n1\r\no\r\n0\r\n\r\n"
            b"GET /3 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        )
    bodies = [part.partition(b"\r\n\r\n")[2] for part in answer.split(b"HTTP/1.1 200 OK\r\n")[1:]]
    assert bodies == [b"POST one", b"POST two", b"GET "]
    assert answer.count(b"connection: close") == 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\ncontent-length: 9000000\r\n\r\n" + b"x" * (MAX_BODY_BYTES + 1), b"413"),
    ],
)
async def test_bad_requests_end_the_connection(sent: bytes, status: bytes) -> None:
    async with HttpServer(echo, Address("127.0.0.1", 0)) as server:
        assert (await raw(server.address, sent)).startswith(b"HTTP/1.1 " + status)
        assert b"200 OK" in await raw(server.address, b"GET / HTTP/1.0\r\n\r\n")


async def test_head_has_no_body() -> None:
    async with HttpServer(echo, Address("127.0.0.1", 0)) as server:
        answer = await raw(server.address, b"HEAD /x HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n")
    assert b"content-length: 5" in answer


async def test_verifies_signatures_per_path() -> None:
    seen: list[Received] = []
    body = b'{"a":1}'
    now = datetime.now(UTC)
    signed = {
        "webhook-id": "m1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(SECRET).sign("m1", now, body.decode()),
    }
    async with Sink(secrets={"/signed": [SECRET]}, on_request=seen.append) as sink, httpx.AsyncClient() as client:
        good = await client.post(sink.url("/signed"), content=body, headers=signed)
        bad = await client.post(sink.url("/signed?x=1"), content=b"{}", headers=signed)
        other = await client.post(sink.url("/other"), content=b"{}")
    assert [good.status_code, bad.status_code, other.status_code] == [200, 401, 200]
    assert [each.verified for each in seen] == [True, False, None]
    assert seen[1].refusal == "signed with another secret"
    assert counts_json(sink.counts) == {
        "received": 3,
        "verified": 1,
        "not_verified": 1,
        "statuses": {"200": 2, "401": 1},
        "paths": {"/other": 1, "/signed": 2},
    }
    assert json.loads(json.dumps(as_json(seen[0])))["body"] == '{"a":1}'


async def test_misbehaves_the_same_way_with_the_same_seed() -> None:
    async def statuses() -> list[int]:
        behaviour = Behaviour(fail_rate=0.5, retry_after=7)
        async with Sink(behaviours={"/bad": behaviour}, seed=5) as sink, httpx.AsyncClient() as client:
            answers = [await client.post(sink.url("/bad")) for _ in range(20)]
            assert (await client.post(sink.url("/good"))).status_code == 200
        assert all(("retry-after" in each.headers) == (each.status_code == 503) for each in answers)
        return [each.status_code for each in answers]

    first = await statuses()
    assert set(first) == {200, 503}
    assert first == await statuses()


async def test_answers_with_the_status_it_is_told() -> None:
    async with Sink(behaviours={"*": Behaviour(status=204)}) as sink, httpx.AsyncClient() as client:
        answer = await client.post(sink.url("/x"), content=b"1")
        assert answer.status_code == 204
        assert "content-length" not in answer.headers
        assert (await client.post(sink.url("/x"), content=b"2")).status_code == 204


@pytest.mark.parametrize(
    ("content_type", "body", "shown"),
    [
        ("application/json; charset=utf-8", b'{"a":"\xc3\xa9"}', '{\n  "a": "é"\n}'),
        ("application/json", b"{", "{"),
        ("application/x-www-form-urlencoded", b"data%5Bid%5D=8&x=%26", "data[id] = 8\nx = &"),
        ("application/xml", b"<a><b>1</b></a>", "<a>\n  <b>1</b>\n</a>"),
        ("application/xml", b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', '<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>'),
        ("", b"\xff", "�"),
        ("", b"\x1b]0;mine\x07 \xc2\x9b2J \xe2\x80\xae\x7f\r\n\t!", "␛]0;mine␇ �2J �␡\n\t!"),
    ],
)
def test_bodies_for_a_person(content_type: str, body: bytes, shown: str) -> None:
    assert pretty_body({"content-type": content_type}, body)[0] == shown
