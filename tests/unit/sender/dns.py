"""A name server on loopback that answers as a test says, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import cast

from dnslib import AAAA, QTYPE, RR, A, DNSRecord

Answer = Callable[[str], Sequence[str] | None]
"""The addresses of a name; None: there is no answer."""


@dataclass
class DnsServer(asyncio.DatagramProtocol):
    answer: Answer
    ttl: int = 0
    asked: list[str] = field(default_factory=list)
    """The names that were asked for, once for each question about IPv4."""
    address: str = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)
        host, port = transport.get_extra_info("sockname")
        self.address = f"{host}:{port}"

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        question = DNSRecord.parse(data)
        name, kind = str(question.q.qname).removesuffix("."), QTYPE[question.q.qtype]
        if kind == "A":
            self.asked.append(name)
            self.found = self.answer(name)
        if self.found is None:
            return
        reply = question.reply()
        for address in map(ip_address, self.found):
            if address.version == 4 and kind == "A":
                reply.add_answer(RR(name, QTYPE.A, ttl=self.ttl, rdata=A(str(address))))
            elif address.version == 6 and kind == "AAAA":
                reply.add_answer(RR(name, QTYPE.AAAA, ttl=self.ttl, rdata=AAAA(str(address))))
        self._transport.sendto(reply.pack(), addr)


@asynccontextmanager
async def dns_server(answer: Answer, ttl: int = 0) -> AsyncIterator[DnsServer]:
    """A name server at ``address``."""
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(lambda: DnsServer(answer, ttl), local_addr=("127.0.0.1", 0))
    try:
        yield server
    finally:
        transport.close()
