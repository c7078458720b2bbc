"""Receivers that misbehave, each on a port of its own, in a process of their own: ``python -m tests.integration.zoo``.

Prints one line, a JSON object of each behaviour's port, and then serves until its input ends.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.unit.sender import receiver as r

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(b"\0" * 30_000_000)
PAUSE = 0.2
"""Seconds between bytes that drip: many come within an attempt's time, and never the last one."""


def dripping(beginning: bytes, drip: bytes) -> r.Script:
    """Answers with a beginning, and goes on with the same few bytes for ever, one at a time."""

    async def script(visit: r.Visit) -> None:
        await visit.read_request()
        await visit.write(beginning)
        while True:
            for byte in drip:
                await visit.write(bytes([byte]))
                await asyncio.sleep(PAUSE)

    return script


async def never_reads(visit: r.Visit) -> None:
    await asyncio.Event().wait()


async def sends_a_bomb(visit: r.Visit) -> None:
    await visit.read_request()
    await visit.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB)
    await visit.gone()


async def smuggles(visit: r.Visit) -> None:
    while await visit.read_request() is not None:
        await visit.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 2\r\n\r\nno" + r.OK * 50)


async def speaks_first(visit: r.Visit) -> None:
    await visit.write(r.OK * 3)
    await visit.gone()


BEHAVIOURS: dict[str, r.Script] = {
    "drips the status": dripping(b"HTTP/1.1 20", b"0"),
    "drips headers": dripping(b"HTTP/1.1 200 OK\r\nX: ", b"a"),
    "drips the body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"b"),
    "drips chunks": dripping(CHUNKED, b"1\r\nc\r\n"),
    "drips 100 Continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "stays silent": r.stays_silent,
    "never reads": never_reads,
    "headers without end": r.floods_head,
    "a body without end": r.floods_body,
    "chunks without end": r.floods_chunks,
    "interim answers without end": r.floods_interim,
    "a compressed bomb": sends_a_bomb,
    "closes early": r.answers_and_closes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab"),
    "resets": r.resets,
    "malformed chunks": r.answers(CHUNKED + b"zz\r\nab\r\n"),
    "a chunk that overflows": r.answers(CHUNKED + b"ffffffffffffffffff\r\nab\r\n"),
    "smuggled answers": smuggles,
    "speaks first": speaks_first,
    "not HTTP": r.answers(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"),
    "TLS that stalls": never_reads,
    "TLS that is none": r.answers_and_closes(b"\x15\x03\x01\x00\x02\x02\x28" * 100),
}
"""Those whose names begin with TLS are spoken to by https."""


async def _serve() -> None:
    ports: dict[str, int] = {}
    async with AsyncExitStack() as stack:
        for name, script in BEHAVIOURS.items():
            ports[name] = (await stack.enter_async_context(r.receiving(script))).endpoint.port
        print(json.dumps(ports), flush=True)
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def zoo() -> AsyncIterator[dict[str, str]]:
    """The origin of each behaviour."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        ports = json.loads(await process.stdout.readline())
        yield {
            name: f"{'https' if name.startswith('TLS') else 'http'}://127.0.0.1:{port}" for name, port in ports.items()
        }
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
