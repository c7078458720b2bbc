"""Where the time of a request went: until the connection stood, until the first byte of the answer, until the last."""

import itertools

import httpx
import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Outgoing
from hookline_dispatcher.sender.sender import Sender
from hookline_dispatcher.sender.transport import HttpxSender
from tests.unit.sender import receiver as r


async def test_a_new_connection_takes_time_and_a_kept_one_none(guard: Guard) -> None:
    readings = itertools.count(0.0, 0.001)  # each reading of the clock takes a millisecond
    sender = Sender(guard, clock=lambda: next(readings))
    async with r.receiving(r.answers(r.OK)) as receiver:
        first = await sender.send(receiver.request(), timeout=r.BOUND)
        second = await sender.send(receiver.request(), timeout=r.BOUND)
    await sender.aclose()
    assert isinstance(first, Answered)
    assert isinstance(second, Answered)
    assert first.connect_latency
    assert first.first_byte_latency
    assert 0 < first.connect_latency < first.first_byte_latency == first.latency
    assert (second.connect_latency, second.first_byte_latency, second.latency) == (0, 1_000, 1_000)


async def test_an_answer_in_many_pieces_takes_longer_than_its_first_byte(guard: Guard) -> None:
    readings = itertools.count(0.0, 0.001)
    sender = Sender(guard, clock=lambda: next(readings))
    async with r.receiving(r.floods_body) as receiver:
        result = await sender.send(receiver.request(), timeout=r.BOUND)
    await sender.aclose()
    assert isinstance(result, Answered)
    assert result.first_byte_latency
    assert result.first_byte_latency < result.latency


@pytest.mark.parametrize(
    ("script", "outcome", "answered"),
    [
        (r.answers_and_closes(), Outcome.PROTOCOL_ERROR, False),
        (r.stays_silent, Outcome.TIMEOUT, False),
        (r.answers_and_closes(r.OK[:20]), Outcome.PROTOCOL_ERROR, True),
        (r.floods_head, Outcome.TOO_LARGE, True),
    ],
)
async def test_a_failure_says_how_far_it_came(
    sender: Sender, script: r.Script, outcome: Outcome, answered: bool
) -> None:
    async with r.receiving(script) as receiver:
        result = await sender.send(receiver.request(), timeout=0.5)
    assert isinstance(result, Failed)
    assert result.outcome is outcome
    assert result.connect_latency
    assert (result.first_byte_latency is not None) == answered
    assert result.connect_latency <= (result.first_byte_latency or result.latency) <= result.latency


async def test_without_a_connection_there_is_nothing_to_tell(sender: Sender) -> None:
    result = await sender.send(Outgoing(b"GET", Endpoint("http", "10.0.0.1", 80), b"/", [], b""), timeout=r.BOUND)
    assert isinstance(result, Failed)
    assert (result.connect_latency, result.first_byte_latency) == (None, None)


async def test_how_a_transport_of_httpx_connected_it_alone_knows() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, text="ok"))
    sender = HttpxSender(transport, Guard())
    request = Outgoing(b"GET", Endpoint("http", "shop.example", 80), b"/", [], b"")
    result = await sender.send(request, timeout=r.BOUND)
    await sender.aclose()
    assert isinstance(result, Answered)
    assert result.connect_latency is None
    assert result.first_byte_latency is not None
    assert result.first_byte_latency <= result.latency
