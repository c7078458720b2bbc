"""What is no HTTP, or only half of it, over real sockets: refused by a status, and never within another answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from hookline_gateway.security_headers import EVERY_ANSWER
from tests.contract.gateway.rig import door, gateway
from tests.contract.gateway.test_slow_clients import connection
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
