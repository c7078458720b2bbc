"""Receivers that misbehave, each on a port of its own, in a process of their own: ``python -m tests.integration.zoo``.

Prints one line, a JSON object of each behaviour's port and of the authority that some of their certificates are from,
and then serves until its input ends.
"""

from __future__ import annotations

import asyncio
import datetime
import gzip
import json
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import trustme

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
UNTRUSTED = {
    "TLS of another name": "Hostname mismatch|IP address mismatch",
    "TLS that has expired": "certificate has expired",
    "TLS signed by itself": "self-signed certificate",
}
"""What is said of a certificate whose like is refused, also where its authority is trusted; by the receiver's name."""
NAMES = (*BEHAVIOURS, *UNTRUSTED)
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


class Zoo(NamedTuple):
    """The origin of each behaviour, and the authority of those with certificates, as PEM."""

    origins: dict[str, str]
    authority: str


def showing(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def showing_itself(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with authority.cert_pem.tempfile() as certificate, authority.private_key_pem.tempfile() as key:
        context.load_cert_chain(certificate, key)
    return context


def untrusted(authority: trustme.CA) -> dict[str, ssl.SSLContext]:
    day = datetime.timedelta(days=1)
    expired = authority.issue_cert("127.0.0.1", not_before=LONG_AGO, not_after=LONG_AGO + day)
    shown = showing(authority.issue_cert("other.example")), showing(expired), showing_itself(trustme.CA())
    return dict(zip(UNTRUSTED, shown, strict=True))


async def _serve() -> None:
    ports: dict[str, int] = {}
    authority = trustme.CA()
    async with AsyncExitStack() as stack:
        for name, script in BEHAVIOURS.items():
            ports[name] = (await stack.enter_async_context(r.receiving(script))).endpoint.port
        for name, context in untrusted(authority).items():
            ports[name] = (await stack.enter_async_context(r.receiving(r.answers(r.OK), tls=context))).endpoint.port
        print(json.dumps({"ports": ports, "authority": authority.cert_pem.bytes().decode()}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


@asynccontextmanager
async def zoo() -> AsyncIterator[Zoo]:
    """Run them all."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        told = json.loads(await process.stdout.readline())
        origins = {
            name: f"{'https' if name.startswith('TLS') else 'http'}://127.0.0.1:{port}"
            for name, port in told["ports"].items()
        }
        yield Zoo(origins, told["authority"])
    finally:
        process.stdin.close()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(_serve())
