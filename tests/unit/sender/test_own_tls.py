"""TLS settings of one target's own: what is shown and trusted, and that no connection is shared beyond them."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import SHUT_WR, create_server

import pytest
import trustme

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.contexts import Contexts, UnusableTls
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Outgoing, SendResult
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from hookline_runtime.tls.to_receivers import ReceiverTls, receiver_context
from tests.unit.sender import receiver as r

AUTHORITY, CLIENTS = trustme.CA(), trustme.CA()
CA = AUTHORITY.cert_pem.bytes().decode()


def shown_by(leaf: trustme.LeafCert, authorities: str = CA) -> ReceiverTls:
    certificate = "".join(each.bytes().decode() for each in leaf.cert_chain_pems)
    return ReceiverTls(certificate, leaf.private_key_pem.bytes().decode(), authorities)


ONE, TWO = shown_by(CLIENTS.issue_cert("one.example")), shown_by(CLIENTS.issue_cert("two.example"))
TRUSTING = ReceiverTls(authorities=CA)


def serving(*, clients: bool = False) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert("127.0.0.1").configure_cert(context)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        CLIENTS.configure_trust(context)
    return context


async def send(sender: Sender, port: int, tls: ReceiverTls | None) -> SendResult:
    request = Outgoing(b"POST", Endpoint("https", "127.0.0.1", port), b"/", [], b"{}", tls)
    return await sender.send(request, timeout=r.BOUND)


@pytest.fixture
def local_sender() -> Sender:
    return Sender(Guard(Policy.of("127.0.0.0/8")))


async def test_connections_are_shared_by_those_who_show_and_trust_the_same(local_sender: Sender) -> None:
    shown: list[str] = []

    async def script(visit: r.Visit) -> None:
        certificate = visit.writer.get_extra_info("peercert")
        shown.append(dict(certificate["subjectAltName"])["DNS"] if certificate else "none")
        await r.answers(r.OK)(visit)

    context = serving(clients=True)
    context.verify_mode = ssl.CERT_OPTIONAL
    async with r.receiving(script, tls=context) as receiver:
        port = receiver.endpoint.port
        again = ReceiverTls(ONE.certificate, ONE.key, ONE.authorities)
        for tls in (ONE, TRUSTING, TWO, again, TRUSTING, TWO):
            assert isinstance(await send(local_sender, port, tls), Answered)
        # Whoever trusts the system's authorities alone gets none of those that stand.
        assert isinstance(await send(local_sender, port, None), Failed)
    assert shown == ["one.example", "none", "two.example"]
    await local_sender.aclose()


@contextmanager
def thorough_server(context: ssl.SSLContext) -> Iterator[int]:
    """A server that says why it hangs up, as asyncio's does not."""
    listener = create_server(("127.0.0.1", 0))

    def serve() -> None:
        accepted, _ = listener.accept()
        # What is read to the end is not answered with a reset, which would overtake the alert.
        with accepted.dup() as behind:
            with suppress(ssl.SSLError):
                context.wrap_socket(accepted, server_side=True)
            behind.shutdown(SHUT_WR)
            while behind.recv(65_536):
                pass

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join(r.BOUND)
        listener.close()


@pytest.mark.parametrize(
    "tls, word",
    [(TRUSTING, "certificate required"), (shown_by(trustme.CA().issue_cert("evil.example")), "unknown ca")],
    ids=["none", "of nobody they know"],
)
async def test_a_receiver_that_wants_another_certificate_says_so(
    local_sender: Sender, tls: ReceiverTls, word: str
) -> None:
    with thorough_server(serving(clients=True)) as port:
        result = await send(local_sender, port, tls)
    assert isinstance(result, Failed)
    assert (result.outcome, word in result.reason) == (Outcome.TLS_FAILED, True), result.reason
    await local_sender.aclose()


@pytest.mark.parametrize("tls", [None, ReceiverTls(authorities=CLIENTS.cert_pem.bytes().decode())])
async def test_an_authority_is_trusted_where_it_is_named_and_nowhere_else(
    local_sender: Sender, tls: ReceiverTls | None
) -> None:
    async with r.receiving(r.answers(r.OK), tls=serving()) as receiver:
        result = await send(local_sender, receiver.endpoint.port, tls)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TLS_FAILED
        assert receiver.requests == []
    await local_sender.aclose()


async def test_what_does_not_load_any_more_fails_for_its_own_target(local_sender: Sender) -> None:
    async with r.receiving(r.answers(r.OK), tls=serving()) as receiver:
        result = await send(local_sender, receiver.endpoint.port, ReceiverTls(ONE.certificate, TWO.key, CA))
        assert isinstance(result, Failed)
        assert (result.outcome, "cannot be used" in result.reason) == (Outcome.TLS_FAILED, True)
        assert receiver.visits == 0
        assert isinstance(await send(local_sender, receiver.endpoint.port, TRUSTING), Answered)
    await local_sender.aclose()


async def test_only_so_many_contexts_are_kept_and_what_stood_by_one_is_closed() -> None:
    gone: list[ReceiverTls] = []
    contexts = Contexts(None, gone.append, most_kept=2)
    first = await contexts.of(ONE)
    assert (await contexts.of(ONE), await contexts.of(None)) == (first, await contexts.of(None))
    await contexts.of(TWO)
    await contexts.of(ONE)
    await contexts.of(TRUSTING)
    assert gone == [TWO]
    with pytest.raises(UnusableTls):
        await contexts.of(ReceiverTls(authorities="nonsense"))


async def test_connections_of_a_context_that_goes_are_closed(local_sender: Sender) -> None:
    async with r.receiving(r.answers(r.OK), tls=serving()) as receiver:
        for tls in (TRUSTING, ONE):
            await send(local_sender, receiver.endpoint.port, tls)
        assert local_sender._pool.idle == 2
        local_sender._pool.drop_of(TRUSTING)
        assert local_sender._pool.idle == 1
        await send(local_sender, receiver.endpoint.port, ONE)
        assert receiver.visits == 2
    await local_sender.aclose()


def test_the_least_version_is_that_of_all_and_the_key_is_not_printed() -> None:
    context = receiver_context(ONE)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert "PRIVATE" not in repr(ONE)


def test_several_contexts_may_be_made_at_once() -> None:
    async def made() -> list[ssl.SSLContext]:
        return await asyncio.gather(*(asyncio.to_thread(receiver_context, each) for each in (ONE, TWO) * 8))

    assert len(asyncio.run(made())) == 16
