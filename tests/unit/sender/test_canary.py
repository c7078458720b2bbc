"""A canary listens inside: whatever a URL says, nothing ever connects to it, and no literal is ever looked up."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass

import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Failed, Outgoing
from hookline_dispatcher.sender.name_servers import NameServers
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from hookline_runtime.egress.url import UrlRefused, parse_url
from tests.unit.sender import receiver as r
from tests.unit.sender.dns import DnsServer, dns_server

WRITTEN = [
    # (host, why somebody would write it so)
    ("127.0.0.1", "plainly"),
    ("127.0.0.1.", "with the root's dot"),
    ("127.1", "two parts"),
    ("127.0.1", "three parts"),
    ("127.000.000.001", "leading noughts"),
    ("0177.0.0.1", "octal"),
    ("0177.0.0x0.1", "mixed bases"),
    ("0x7f.0.0.1", "hexadecimal"),
    ("0x7f000001", "hexadecimal in one part"),
    ("0X7F000001", "in capitals"),
    ("2130706433", "decimal in one part"),
    ("017700000001", "octal in one part"),
    ("127.0.0.2", "another address of the same interface"),
    ("127.255.255.254", "the far end of the network"),
    ("0", "this host"),
    ("0.0.0.0", "this host, which many systems take for loopback"),
    ("１２７.0.0.1", "full-width digits"),
    ("127。0。0。1", "ideographic full stops"),
    ("①②⑦.0.0.1", "digits in circles"),
    ("127.0.0.1%2eexample", "an escaped dot"),
    ("127.0.0.1%00.example", "an escaped NUL"),
    ("127.0.0.1\u200b", "an invisible blank"),
    ("[::1]", "IPv6 loopback"),
    ("[0:0:0:0:0:0:0:1]", "written out"),
    ("[::]", "IPv6 unspecified"),
    ("[::ffff:127.0.0.1]", "mapped"),
    ("[::ffff:7f00:1]", "mapped, in hexadecimal"),
    ("[0:0:0:0:0:ffff:7f00:1]", "mapped, written out"),
    ("[::127.0.0.1]", "compatible"),
    ("[::ffff:0:127.0.0.1]", "translated"),
    ("[64:ff9b::7f00:1]", "NAT64"),
    ("[64:ff9b:1::7f00:1]", "local NAT64"),
    ("[2002:7f00:1::]", "6to4"),
    ("[2001:0:7f00:1::]", "Teredo"),
    ("[fe80::1]", "link-local"),
    ("[fe80::1%25lo]", "link-local with a zone"),
    ("[::1%25lo]", "loopback with a zone"),
    ("[fc00::1]", "unique local"),
    ("localhost", "by name"),
    ("LOCALHOST", "in capitals"),
    ("localhost.", "with the root's dot"),
    ("localhost.localdomain", "as hosts files have it"),
    ("ip6-localhost", "as hosts files have it for IPv6"),
    ("ip6-loopback", "as hosts files have it for IPv6, too"),
    ("a.localhost", "below localhost"),
    ("ⓛocalhost", "a letter in a circle"),
    ("loc\u00adalhost", "a soft hyphen"),
    ("me@127.0.0.1", "user info"),
    ("8.8.8.8@127.0.0.1", "user info that looks like a host"),
    ("127.0.0.1\\@8.8.8.8", "a backslash"),
    ("8.8.8.8\\@127.0.0.1", "a backslash the other way"),
    ("127.0.0.1 .example", "a blank"),
    ("127.0.0.1\t", "a tab, which some readers drop"),
    ("127.0.0.1\n", "a line feed, which some readers drop"),
    ("127.0.\r\n0.1", "a line end within"),
    ("256.0.0.1", "beyond a byte"),
    ("1.2.3.4.5", "five parts"),
    ("127.0.0.1:80", "two ports"),
]
LED = [
    "127.0.0.1",
    "::1",
    "0.0.0.0",
    "10.0.0.1",
    "169.254.169.254",
    "::ffff:127.0.0.1",
    "fd00:ec2::254",
    "100.100.100.200",
]


@dataclass
class Canary:
    """What listens inside, and the name server that would be asked."""

    listeners: Sequence[socket.socket]
    dns: DnsServer
    sender: Sender

    @property
    def port(self) -> int:
        port: int = self.listeners[0].getsockname()[1]
        return port

    def untouched(self) -> bool:
        """Whether nobody has connected; the system takes connections before anybody accepts them."""
        for listener in self.listeners:
            try:
                visitor, _ = listener.accept()
            except BlockingIOError:
                continue
            visitor.close()
            return False
        return True


def _listening() -> Iterator[socket.socket]:
    ipv4 = socket.create_server(("0.0.0.0", 0))
    ipv6 = socket.create_server(("::", ipv4.getsockname()[1]), family=socket.AF_INET6)
    for listener in (ipv4, ipv6):
        listener.setblocking(False)
        yield listener


@pytest.fixture
async def canary() -> AsyncIterator[Canary]:
    listeners = list(_listening())
    async with dns_server(lambda name: LED[int(name.partition(".")[0]) :: len(LED)]) as dns:
        names = NameServers([dns.address])
        sender = Sender(Guard(resolver=names.addresses))
        try:
            yield Canary(listeners, dns, sender)
        finally:
            await sender.aclose()
            await names.aclose()
            for listener in listeners:
                listener.close()


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_nothing_that_is_written_leads_to_the_canary(canary: Canary, scheme: str) -> None:
    for host, why in WRITTEN:
        try:
            endpoint = parse_url(f"{scheme}://{host}:{canary.port}/").endpoint
        except UrlRefused:
            continue
        result = await canary.sender.send(Outgoing(b"POST", endpoint, b"/", [], b""), timeout=r.BOUND)
        assert isinstance(result, Failed), (host, why)
        assert result.outcome is Outcome.ADDRESS_REFUSED, (host, why)
    assert canary.dns.asked == []
    assert canary.untouched()


async def test_no_name_that_leads_inside_leads_to_the_canary(canary: Canary) -> None:
    for number in range(len(LED)):
        endpoint = parse_url(f"http://{number}.example:{canary.port}/").endpoint
        result = await canary.sender.send(Outgoing(b"POST", endpoint, b"/", [], b""), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.ADDRESS_REFUSED, LED[number]
        assert result.reason == "the URL must not lead to an address that is not public"
    assert len(canary.dns.asked) == len(LED)
    assert canary.untouched()


async def test_the_canary_hears_who_is_let_in(canary: Canary) -> None:
    """What the tests above prove, they prove only if this listener would notice."""
    sender = Sender(Guard(Policy.of("127.0.0.0/8")))
    endpoint = parse_url(f"http://127.0.0.1:{canary.port}/").endpoint
    await sender.send(Outgoing(b"POST", endpoint, b"/", [], b""), timeout=0.2)
    await sender.aclose()
    assert not canary.untouched()
