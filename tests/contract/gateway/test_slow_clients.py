"""Clients that send their headers slowly, without end, or never, over real sockets; and slow ones that are fine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hookline_gateway.bounded_protocol import MOST_HEADER_BYTES
from tests.contract.gateway.rig import door, gateway
from tests.integration.process import free_port

SECONDS = 0.5
BOUND = 30.0
WHOLE = b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n"


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(BOUND):
            yield reader, writer
    finally:
        writer.close()


async def drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Sends the same again and again, each time before anything could think that nothing comes."""
    while True:
        writer.write(data)
        await asyncio.sleep(SECONDS / 10)


async def all_while_dripping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes) -> bytes:
    """What the gateway says until it closes, while the client goes on."""
    dripping = asyncio.create_task(drip(writer, data))
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        dripping.cancel()


async def whole_answer(reader: asyncio.StreamReader) -> bytes:
    """Reads one answer with a length; its head."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(line for line in head.lower().splitlines() if line.startswith(b"content-length:"))
    await reader.readexactly(int(length.partition(b":")[2]))
    return head


async def test_headers_that_take_too_long_are_not_waited_for() -> None:
    async with gateway(free_port(), free_port(), gateway_header_seconds=SECONDS) as made:
        for begin, piece, said in (
            (b"", b"", b""),
            (b"GE", b"", b"408"),
            (b"GET / HTTP/1.1\r\n", b"x: y\r\n", b"408"),
            (b"", b"\r\n", b""),
        ):
            async with connection(made.port) as (reader, writer):
                began = asyncio.get_running_loop().time()
                writer.write(begin)
                got = await all_while_dripping(reader, writer, piece)
                assert (said in got) if said else (got == b"")
                assert asyncio.get_running_loop().time() - began > SECONDS * 0.8


async def test_the_next_request_of_a_connection_must_come_whole_too() -> None:
    async with gateway(free_port(), free_port(), gateway_header_seconds=SECONDS) as made:
        for piece, said in ((b"x: y\r\n", b"HTTP/1.1 408 "), (b"\r\n", b"")):
            async with connection(made.port) as (reader, writer):
                writer.write(WHOLE)
                assert b" 200 " in await whole_answer(reader)
                if said:
                    writer.write(b"GET / HTTP/1.1\r\n")
                assert (await all_while_dripping(reader, writer, piece)).startswith(said)


async def test_a_body_that_nobody_reads_is_not_taken_for_ever() -> None:
    async with (
        gateway(free_port(), free_port(), gateway_header_seconds=SECONDS) as made,
        connection(made.port) as (reader, writer),
    ):
        writer.write(b"POST /nothing HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n")
        assert b" 404 " in await all_while_dripping(reader, writer, b"x")


async def test_headers_without_end_are_refused() -> None:
    async with gateway(free_port(), free_port()) as made:
        for line in (b"x-%d: " + b"y" * 1000 + b"\r\n", b"y" * 1000):
            async with connection(made.port) as (reader, writer):
                writer.write(b"GET / HTTP/1.1\r\nx: ")
                answer = asyncio.create_task(reader.read(100))
                for _ in range(2 * MOST_HEADER_BYTES // 1000):
                    writer.write(line.replace(b"%d", b"1"))
                    await asyncio.sleep(0)
                    if answer.done():
                        break
                assert (await answer).startswith(b"HTTP/1.1 431 ")


async def test_what_is_answered_may_take_its_time(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_header_seconds=SECONDS) as rig:
        keys = "".join(f"{name}: {value}\r\n" for name, value in rig.http.headers.items() if name.startswith("api"))
        async with connection(rig.gateway.port) as (reader, writer):
            writer.write(f"GET /v1/deliveries:watch HTTP/1.1\r\nhost: x\r\n{keys}\r\n".encode())
            assert b" 200 " in await reader.readline()
            writer.write(b"\r\n")  # some clients end a request with a line too many
            await asyncio.sleep(SECONDS * 3)
            assert not reader.at_eof()
            answer = await rig.http.post(
                "/v1/events", json={"type": "sub_tag", "params": {"tag_id": "4"}, "object_id": "8"}
            )
            assert answer.status_code == 200
        async with connection(rig.gateway.port) as (reader, writer):
            writer.write(
                f"POST /v1/events HTTP/1.1\r\nhost: x\r\n{keys}content-type: application/x-ndjson\r\n".encode()
            )
            writer.write(b"transfer-encoding: chunked\r\n\r\n")
            line = b'{"type":"sub_tag","params":{"tag_id":"4"},"object_id":"8"}\n'
            for _ in range(3):
                writer.write(b"%x\r\n%b\r\n" % (len(line), line))
                await reader.readuntil(b'"ack"')
                await asyncio.sleep(SECONDS)
            writer.write(b"0\r\n\r\n")
            assert b"error" not in await reader.readuntil(b"0\r\n\r\n")


async def test_many_requests_on_one_connection_take_as_long_as_they_like() -> None:
    async with (
        gateway(free_port(), free_port(), gateway_header_seconds=SECONDS) as made,
        connection(made.port) as (reader, writer),
    ):
        for _ in range(4):
            writer.write(b"GET /nothing HTTP/1.1\r\nhost: x\r\n\r\n" * 2)
            for _ in range(2):
                assert b" 404 " in await whole_answer(reader)
            await asyncio.sleep(SECONDS * 0.7)


MANY = 60


async def whole_answers(reader: asyncio.StreamReader) -> int:
    """How many answers come before the connection ends, of as many as there should be."""
    for number in range(MANY):
        try:
            assert b" 200 " in await whole_answer(reader)
        except (ConnectionResetError, asyncio.IncompleteReadError):
            return number
    return MANY


async def test_who_takes_nothing_of_an_answer_is_let_go_of() -> None:
    async with (
        gateway(free_port(), free_port(), gateway_body_seconds=SECONDS) as made,
        connection(made.port) as (reader, writer),
    ):
        writer.write(WHOLE * MANY)
        await asyncio.sleep(SECONDS * 4)
        assert await whole_answers(reader) < MANY


async def test_who_takes_an_answer_slowly_gets_all_of_it() -> None:
    async with (
        gateway(free_port(), free_port(), gateway_body_seconds=SECONDS * 2) as made,
        connection(made.port) as (reader, writer),
    ):
        writer.write(WHOLE * MANY)
        for number in range(MANY):
            assert b" 200 " in await whole_answer(reader)
            if number % 10 == 0:
                await asyncio.sleep(SECONDS / 2)
