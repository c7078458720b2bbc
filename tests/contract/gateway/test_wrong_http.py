"""What is no HTTP, or only half of it, over real sockets: refused by a status, and never within another answer."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hookline_gateway.bounded_protocol import MOST_HEADER_BYTES
from hookline_gateway.security_headers import EVERY_ANSWER
from tests.contract.gateway.rig import Door, door, gateway
from tests.contract.gateway.test_slow_clients import all_while_dripping, connection, whole_answer
from tests.integration.process import free_port

HEAD = b"POST /v1/subscriptions HTTP/1.1\r\nhost: x\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x00\xa5\x01\x00\r\n\r\n",
        b"FOO / HTTP/1.1\r\nhost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\nhost: x\n\n",
        HEAD + b"a: b\0c\r\n\r\n",
        HEAD + b"content-length: -2\r\n\r\n{}",
        HEAD + b"content-length: 2\r\ncontent-length: 5\r\n\r\n{}",
        HEAD + b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused_with_the_headers_of_every_answer(sent: bytes) -> None:
    async with gateway(free_port(), free_port()) as made, connection(made.port) as (reader, writer):
        writer.write(sent)
        status, *headers = (await reader.read()).decode().split("\r\n")
        assert status == "HTTP/1.1 400 Bad Request"
        assert {f"{name}: {value}" for name, value in EVERY_ANSWER.items()} < set(headers)


async def test_it_is_not_answered_within_an_answer_that_is_under_way(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, connection(rig.gateway.port) as (reader, writer):
        keys = "".join(f"{name}: {value}\r\n" for name, value in rig.http.headers.items() if name.startswith("api"))
        writer.write(f"GET /v1/deliveries:watch HTTP/1.1\r\nhost: x\r\n{keys}\r\n".encode())
        assert b"retry: 1000" in await reader.readuntil(b"retry: 1000")
        writer.write(b"this is no HTTP\r\n\r\n")
        assert b"HTTP/1.1" not in await reader.read()


SUBSCRIBE = b"url=https%3A%2F%2Freceiver.example%2F&event=sub_tag"
OFFER = b"connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAA\r\n"


def subscribing(rig: Door, more: bytes) -> bytes:
    """A request that subscribes; ``more`` is what its head goes on with."""
    head = [b"POST /1/Webhook/subscribe HTTP/1.1", b"host: x", b"content-type: application/x-www-form-urlencoded"]
    head += [f"{name}: {value}".encode() for name, value in rig.http.headers.items() if name.startswith("api")]
    return b"\r\n".join([*head, more])


@pytest.mark.parametrize("offer", [OFFER, b"connection: upgrade\r\nupgrade: websocket\r\n"])
async def test_who_offers_another_protocol_is_answered_in_this_one_with_the_body_read(
    tmp_path: Path, offer: bytes
) -> None:
    length = f"content-length: {len(SUBSCRIBE)}\r\n\r\n".encode()
    chunked = b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(SUBSCRIBE), SUBSCRIBE)
    async with door(tmp_path) as rig, connection(rig.gateway.port) as (reader, writer):
        writer.write(subscribing(rig, offer + length + SUBSCRIBE))
        assert (await whole_answer(reader)).startswith(b"HTTP/1.1 200 ")
        first = subscribing(rig, offer + length)
        for sent in (first[:40], first[40:], SUBSCRIBE[:5], SUBSCRIBE[5:]):
            writer.write(sent)
            await writer.drain()
        assert (await whole_answer(reader)).startswith(b"HTTP/1.1 200 ")
        # Several in one piece: each is answered.
        writer.write(subscribing(rig, offer + chunked) * 2 + subscribing(rig, length + SUBSCRIBE))
        for _ in range(3):
            assert (await whole_answer(reader)).startswith(b"HTTP/1.1 200 ")
        assert (await rig.http.get("/1/Webhooks/getInfo")).json()["data"]["count"] == "5"


async def test_a_body_in_another_transfer_coding_is_not_taken_for_what_it_is_not(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, connection(rig.gateway.port) as (reader, writer):
        writer.write(subscribing(rig, b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"))
        assert (await whole_answer(reader)).startswith(b"HTTP/1.1 415 ")


async def test_a_stream_behind_which_another_request_waits_ends_with_its_connection(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_streams_per_key=1) as rig:
        keys = "".join(f"{name}: {value}\r\n" for name, value in rig.http.headers.items() if name.startswith("api"))
        watch = f"GET /v1/deliveries:watch HTTP/1.1\r\nhost: x\r\n{keys}\r\n".encode()
        async with connection(rig.gateway.port) as (reader, writer):
            writer.write(watch + b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            await reader.readuntil(b"retry: 1000")
        async with asyncio.timeout(30):
            while True:
                async with connection(rig.gateway.port) as (reader, writer):
                    writer.write(watch)
                    if b" 200 " in await reader.readline():
                        break


async def test_a_tunnel_is_not_made_whatever_it_offers() -> None:
    async with gateway(free_port(), free_port()) as made:
        for target in (b"a.example:80", b"/healthz", b"*", b"//a.example:80"):
            for offer in (b"", OFFER):
                async with connection(made.port) as (reader, writer):
                    writer.write(b"CONNECT " + target + b" HTTP/1.1\r\nhost: x\r\n" + offer + b"\r\n")
                    assert (await reader.read()).startswith(b"HTTP/1.1 400 ")


async def test_trailers_are_let_go_of_and_bounded(tmp_path: Path) -> None:
    chunked = b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (len(SUBSCRIBE), SUBSCRIBE)
    async with door(tmp_path) as rig, connection(rig.gateway.port) as (reader, writer):
        writer.write(subscribing(rig, chunked))
        await writer.drain()
        writer.write(b"content-encoding: gzip\r\nexpires: never\r\n\r\n")
        assert (await whole_answer(reader)).startswith(b"HTTP/1.1 200 ")
        writer.write(subscribing(rig, chunked))
        said = await all_while_dripping(reader, writer, b"x: " + b"y" * MOST_HEADER_BYTES + b"\r\n")
        assert not said or said.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "head", [b"GET /%b HTTP/1.1\r\n", b"GET / HTTP/1.1\r\na: %b\r\n", b"GET / HTTP/1.1\r\n%b: a\r\n"]
)
async def test_headers_that_come_at_once_are_bounded_as_well(head: bytes) -> None:
    async with gateway(free_port(), free_port()) as made, connection(made.port) as (reader, writer):
        writer.write(head % (b"a" * (MOST_HEADER_BYTES + 1000)) + b"host: x\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 431 ")


async def test_what_follows_a_large_body_is_not_taken_for_headers(tmp_path: Path) -> None:
    filler = b"&filler=" + b"x" * (MOST_HEADER_BYTES * 3 // 2)
    body = SUBSCRIBE + filler
    length = f"content-length: {len(body)}\r\n\r\n".encode()
    async with door(tmp_path) as rig, connection(rig.gateway.port) as (reader, writer):
        second = subscribing(rig, length)
        writer.write(subscribing(rig, length) + body + second[:30])
        assert (await whole_answer(reader)).startswith(b"HTTP/1.1 200 ")
        writer.write(second[30:] + body)
        assert (await whole_answer(reader)).startswith(b"HTTP/1.1 200 ")
