"""TLS to receivers: what is trusted, what is not."""

import datetime
import ssl

import pytest
import trustme

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Outgoing
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from hookline_runtime.tls.to_receivers import receiver_context
from tests.unit.sender import receiver as r

AUTHORITY = trustme.CA()
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=datetime.UTC)


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def trusting_sender() -> Sender:
    async def resolver(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    context = receiver_context()
    AUTHORITY.configure_trust(context)
    return Sender(Guard(Policy.of("127.0.0.0/8"), resolver=resolver), ssl_context=context)


def request(host: str, receiver: r.Receiver) -> Outgoing:
    return Outgoing(b"POST", Endpoint("https", host, receiver.endpoint.port), b"/", [], b"{}")


@pytest.mark.parametrize("host", ["shop.example", "127.0.0.1"])
async def test_trusted(host: str) -> None:
    names: list[str | None] = []
    context = serving(AUTHORITY.issue_cert(host))
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    sender = trusting_sender()
    async with r.receiving(r.answers(r.OK), tls=context) as receiver:
        for _ in range(2):
            result = await sender.send(request(host, receiver), timeout=r.BOUND)
            assert isinstance(result, Answered)
        assert receiver.visits == 1
    assert names == ["shop.example" if host == "shop.example" else None]  # RFC 6066: no addresses in SNI
    await sender.aclose()


NOT_TRUSTED = [
    pytest.param(AUTHORITY.issue_cert("other.example"), "shop.example", "shop.example", id="another name"),
    pytest.param(
        AUTHORITY.issue_cert(common_name="shop.example"), "shop.example", "shop.example", id="its name for people alone"
    ),
    pytest.param(AUTHORITY.issue_cert("shop.example"), "127.0.0.1", "127.0.0.1", id="address not in it"),
    pytest.param(
        AUTHORITY.issue_cert("shop.example", not_before=LONG_AGO, not_after=LONG_AGO + datetime.timedelta(1)),
        "shop.example",
        "expired",
        id="expired",
    ),
    pytest.param(trustme.CA().issue_cert("shop.example"), "shop.example", "certificate", id="unknown authority"),
]


@pytest.mark.parametrize("certificate, host, word", NOT_TRUSTED)
async def test_not_trusted(certificate: trustme.LeafCert, host: str, word: str) -> None:
    sender = trusting_sender()
    async with r.receiving(r.answers(r.OK), tls=serving(certificate)) as receiver:
        result = await sender.send(request(host, receiver), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TLS_FAILED
        assert word in result.reason
        assert receiver.requests == []
    await sender.aclose()


async def test_plain_text_receiver() -> None:
    async def speaks_plainly(visit: r.Visit) -> None:
        await visit.write(r.OK)
        await visit.gone()

    sender = trusting_sender()
    async with r.receiving(speaks_plainly) as receiver:
        result = await sender.send(request("shop.example", receiver), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TLS_FAILED
    await sender.aclose()


async def test_handshake_that_is_broken_off() -> None:
    async def hangs_up(visit: r.Visit) -> None:
        await visit.reader.read(1)

    sender = trusting_sender()
    async with r.receiving(hangs_up) as receiver:
        result = await sender.send(request("shop.example", receiver), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TLS_FAILED
    await sender.aclose()


async def test_handshake_is_within_the_deadline() -> None:
    sender = trusting_sender()
    async with r.receiving(r.stays_silent) as receiver:
        result = await sender.send(request("shop.example", receiver), timeout=0.2)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TIMEOUT
        await r.eventually(receiver.ended.is_set)
    await sender.aclose()


def test_old_versions_are_not_spoken() -> None:
    context = receiver_context()
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
