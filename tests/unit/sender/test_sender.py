"""How the sender uses its connections: keep-alive, the race with a closing receiver, cancelling, closing."""

import asyncio

import pytest

from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.connection import Connection
from hookline_dispatcher.sender.guard import Guard
from hookline_dispatcher.sender.limits import Limits
from hookline_dispatcher.sender.model import Answered, Endpoint, Failed, Late, Outgoing, SendResult
from hookline_dispatcher.sender.sender import Sender
from hookline_runtime.egress.policy import Policy
from tests.unit.sender import receiver as r


def status(result: SendResult) -> int:
    assert isinstance(result, Answered), result
    return result.status_code


async def test_the_bytes_of_a_request(sender: Sender) -> None:
    async with r.receiving(r.answers(r.OK)) as receiver:
        await sender.send(receiver.request(body=b'{"a":1}', target=b"/hook?x=1&y=%20"), timeout=r.BOUND)
        assert receiver.requests == [
            b"POST /hook?x=1&y=%20 HTTP/1.1\r\n"
            + f"Host: 127.0.0.1:{receiver.endpoint.port}\r\n".encode()
            + b"Accept-Encoding: identity\r\nConnection: keep-alive\r\n"
            + b"webhook-id: msg_1\r\nuser-agent: test\r\nContent-Length: 7\r\n\r\n"
            + b'{"a":1}'
        ]


async def test_requests_follow_each_other_on_one_connection(sender: Sender) -> None:
    async with r.receiving(r.answers(r.OK)) as receiver:
        for _ in range(5):
            assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        assert (receiver.visits, len(receiver.requests)) == (1, 5)


async def test_requests_at_once_have_a_connection_each(sender: Sender) -> None:
    async with r.receiving(r.answers(r.OK)) as receiver:
        request = receiver.request()
        for _ in range(2):
            results = await asyncio.gather(*(sender.send(request, timeout=r.BOUND) for _ in range(20)))
            assert [status(result) for result in results] == [200] * 20
        assert receiver.visits == 20


NOT_REUSED = [
    pytest.param(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", id="connection: close"),
    pytest.param(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", id="HTTP/1.0"),
    pytest.param(r.OK + b"x", id="surplus bytes"),
    pytest.param(r.OK + r.OK, id="a second answer"),
    pytest.param(r.OK + b"HTTP/1.1 2", id="the beginning of a second answer"),
    pytest.param(r.OK + b"HTTP/1.1 204 No Content\r\n\r\n", id="a second answer without a body"),
    pytest.param(b"HTTP/1.1 204 No Content\r\n\r\nbody", id="204 with a body"),
    pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 2_000_000, id="more than is read"),
]


@pytest.mark.parametrize("answer", NOT_REUSED)
async def test_connection_is_not_used_again(sender: Sender, answer: bytes) -> None:
    async with r.receiving(r.answers(answer)) as receiver:
        for _ in range(2):
            assert status(await sender.send(receiver.request(), timeout=r.BOUND)) in (200, 204)
            await asyncio.wait_for(receiver.ended.wait(), r.BOUND)
        assert receiver.visits == 2


async def test_bytes_while_idle_drop_the_connection(sender: Sender) -> None:
    idle = asyncio.Event()

    async def speaks_up(visit: r.Visit) -> None:
        await visit.read_request()
        await visit.write(r.OK)
        await idle.wait()
        await visit.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged")
        await visit.gone()

    async with r.receiving(speaks_up, r.answers(r.OK)) as receiver:
        await sender.send(receiver.request(), timeout=r.BOUND)
        idle.set()
        await asyncio.wait_for(receiver.ended.wait(), r.BOUND)
        result = await sender.send(receiver.request(), timeout=r.BOUND)
        assert isinstance(result, Answered)
        assert result.body == b"ok"
        assert receiver.visits == 2


async def test_end_while_idle_costs_no_request(sender: Sender) -> None:
    async with r.receiving(r.answers_and_closes(r.OK)) as receiver:
        for _ in range(3):
            assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
            await asyncio.wait_for(receiver.ended.wait(), r.BOUND)
            await r.eventually(lambda: sender._pool.open == 0)
        assert len(receiver.requests) == 3


@pytest.mark.parametrize("how", ["closes", "resets"])
async def test_used_connection_that_closes_unanswered_is_tried_once_more(sender: Sender, how: str) -> None:
    async def second_goes_unanswered(visit: r.Visit) -> None:
        await visit.read_request()
        await visit.write(r.OK)
        await visit.read_request()
        if how == "resets":
            visit.reset()

    async with r.receiving(second_goes_unanswered) as receiver:
        for _ in range(2):
            result = await sender.send(receiver.request(), timeout=r.BOUND)
            assert status(result) == 200
            assert isinstance(result, Answered)
            assert result.connect_latency, "what answered was a new connection"
        assert (receiver.visits, len(receiver.requests)) == (2, 3)


async def test_used_connection_that_breaks_in_an_answer_is_not_tried_again(sender: Sender) -> None:
    async with r.receiving(r.sequence([r.OK], [b"H"])) as receiver:
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        result = await sender.send(receiver.request(), timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.PROTOCOL_ERROR
        assert len(receiver.requests) == 2


async def test_request_with_a_slot_is_seen_once(sender: Sender) -> None:
    async def second_goes_unanswered(visit: r.Visit) -> None:
        await visit.read_request()
        await visit.write(r.OK)
        await visit.read_request()

    loop = asyncio.get_running_loop()
    async with r.receiving(second_goes_unanswered) as receiver:
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        result = await sender.send(receiver.request(), timeout=r.BOUND, leave_by=loop.time() + 60)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.PROTOCOL_ERROR
        assert len(receiver.requests) == 2


async def test_request_with_a_slot_takes_only_a_connection_used_a_moment_ago(guard: Guard) -> None:
    now = 100.0
    sender = Sender(guard, limits=Limits(idle_time=60.0, slot_idle_time=1.0), clock=lambda: now)
    async with r.receiving(r.answers(r.OK)) as receiver:
        for pause, visits in ((0.0, 1), (0.9, 1), (1.0, 2)):
            now += pause
            assert status(await sender.send(receiver.request(), timeout=r.BOUND, leave_by=now + 60)) == 200
            assert receiver.visits == visits
        now += 1.0
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        assert receiver.visits == 2
    await sender.aclose()


async def test_connection_that_came_too_late_for_its_slot_serves_the_next_ones() -> None:
    now = 100.0

    async def slow_name_server(host: str, port: int) -> list[str]:
        nonlocal now
        now += 2.0
        return ["127.0.0.1"]

    guard = Guard(Policy.of("127.0.0.0/8"), resolver=slow_name_server)
    sender = Sender(guard, limits=Limits(idle_time=15.0, slot_idle_time=1.0, unused_time=75.0), clock=lambda: now)
    async with r.receiving(r.answers(r.OK)) as receiver:
        request = receiver.request()
        request = request._replace(endpoint=request.endpoint._replace(host="far.example"))
        assert await sender.send(request, timeout=r.BOUND, leave_by=now + 1.0) == Late()
        for pause in (61.0, 5.0):
            now += pause
            assert status(await sender.send(request, timeout=r.BOUND, leave_by=now + 1.0)) == 200
        assert (receiver.visits, len(receiver.requests)) == (1, 2)
    await sender.aclose()


async def test_idle_connections_are_limited(guard: Guard) -> None:
    sender = Sender(guard, limits=Limits(idle_per_endpoint=2, idle_total=3))
    async with r.receiving(r.answers(r.OK)) as one, r.receiving(r.answers(r.OK)) as two:
        for receiver in (one, two):
            request = receiver.request()
            await asyncio.gather(*(sender.send(request, timeout=r.BOUND) for _ in range(5)))
        assert sender._pool.idle == 3
        await r.eventually(lambda: sender._pool.open == 3)
        await sender.aclose()


async def test_no_idle_connections_at_all(guard: Guard) -> None:
    sender = Sender(guard, limits=Limits(idle_per_endpoint=0))
    async with r.receiving(r.answers(r.OK)) as receiver:
        for _ in range(2):
            assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        assert receiver.visits == 2
        await sender.aclose()


async def test_idle_connections_end_by_themselves(guard: Guard) -> None:
    sender = Sender(guard, limits=Limits(idle_time=0.05))
    async with r.receiving(r.answers(r.OK)) as receiver:
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        await asyncio.wait_for(receiver.ended.wait(), r.BOUND)
        await r.eventually(lambda: not sender._pool._by_route and sender._pool.open == 0)
    await sender.aclose()


async def test_stale_connection_is_not_taken(guard: Guard) -> None:
    now = 100.0
    sender = Sender(guard, clock=lambda: now)
    async with r.receiving(r.answers(r.OK)) as receiver:
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        now += 16.0
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        assert receiver.visits == 2
    await sender.aclose()


async def test_shorter_deadline_after_a_longer_one_holds(sender: Sender) -> None:
    async def answers_once(visit: r.Visit) -> None:
        await visit.read_request()
        await visit.write(r.OK)
        await visit.gone()

    async with r.receiving(answers_once) as receiver:
        assert status(await sender.send(receiver.request(), timeout=60.0)) == 200
        result = await sender.send(receiver.request(), timeout=0.05)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.TIMEOUT


async def test_longer_deadline_after_a_shorter_one_holds(sender: Sender) -> None:
    go_on = asyncio.Event()

    async def answers_after_the_first_deadline(visit: r.Visit) -> None:
        await visit.read_request()
        await visit.write(r.OK)
        await visit.read_request()
        await asyncio.wait_for(go_on.wait(), r.BOUND)
        await visit.write(r.OK)
        await visit.gone()

    async with r.receiving(answers_after_the_first_deadline) as receiver:
        assert status(await sender.send(receiver.request(), timeout=0.2)) == 200
        asyncio.get_running_loop().call_later(0.3, go_on.set)
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        assert receiver.visits == 1


async def test_cancelling_closes_the_connection(sender: Sender) -> None:
    async with r.receiving(r.stays_silent) as receiver:
        sending = asyncio.ensure_future(sender.send(receiver.request(), timeout=r.BOUND))
        await r.eventually(lambda: receiver.visits == 1)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await asyncio.wait_for(receiver.ended.wait(), r.BOUND)
        await r.eventually(lambda: sender._pool.open == 0)


async def test_cancelling_as_the_connection_comes_about_leaves_none(
    sender: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Connection.connection_made

    def cancelled(connection: Connection, transport: asyncio.BaseTransport) -> None:
        opened(connection, transport)
        sending.cancel()

    monkeypatch.setattr(Connection, "connection_made", cancelled)
    async with r.receiving(r.stays_silent) as receiver:
        sending = asyncio.ensure_future(sender.send(receiver.request(), timeout=r.BOUND))
        with pytest.raises(asyncio.CancelledError):
            await sending
        await r.eventually(lambda: sender._pool.open == 0)
        await asyncio.wait_for(sender.aclose(), r.BOUND)


async def test_closing_ends_what_is_in_flight(guard: Guard) -> None:
    sender = Sender(guard)
    async with r.receiving(r.stays_silent) as receiver:
        sending = asyncio.ensure_future(sender.send(receiver.request(), timeout=r.BOUND))
        await r.eventually(lambda: sender._pool.open == 1)
        await asyncio.gather(sender.aclose(), sender.aclose())
        assert sender._pool.open == 0
        result = await sending
        assert isinstance(result, Failed)
        await asyncio.wait_for(receiver.ended.wait(), r.BOUND)
        with pytest.raises(RuntimeError):
            await sender.send(receiver.request(), timeout=1.0)


async def test_closing_while_connecting_leaves_no_connection() -> None:
    resolving, go_on = asyncio.Event(), asyncio.Event()

    async def slow(host: str, port: int) -> list[str]:
        resolving.set()
        await go_on.wait()
        return ["127.0.0.1"]

    sender = Sender(Guard(Policy.of("127.0.0.0/8"), resolver=slow))
    async with r.receiving(r.stays_silent) as receiver:
        request = Outgoing(b"POST", Endpoint("http", "slow.example", receiver.endpoint.port), b"/", [], b"")
        sending = asyncio.ensure_future(sender.send(request, timeout=r.BOUND))
        await resolving.wait()
        await sender.aclose()
        go_on.set()
        assert isinstance(await sending, Failed)
        await r.eventually(lambda: sender._pool.open == 0)


def resolving_to(*addresses: str) -> Guard:
    async def resolver(host: str, port: int) -> list[str]:
        return list(addresses)

    return Guard(Policy.of("127.0.0.0/8,::1/128"), resolver=resolver)


async def test_addresses_are_tried_in_their_order() -> None:
    sender = Sender(resolving_to("127.0.0.2", "127.0.0.1"))
    async with r.receiving(r.answers(r.OK)) as receiver:
        port = receiver.endpoint.port
        request = Outgoing(b"POST", Endpoint("http", "many.example", port), b"/", [], b"")
        assert status(await sender.send(request, timeout=r.BOUND)) == 200
        assert f"\r\nHost: many.example:{port}\r\n".encode() in receiver.requests[0]
    await sender.aclose()


async def test_name_is_resolved_once_and_the_checked_address_connected_to() -> None:
    asked = 0

    async def rebinding(host: str, port: int) -> list[str]:
        nonlocal asked
        asked += 1
        return ["127.0.0.1"] if asked == 1 else ["10.0.0.1"]

    sender = Sender(Guard(Policy.of("127.0.0.0/8"), resolver=rebinding))
    async with r.receiving(r.answers_and_closes(r.OK)) as receiver:
        request = Outgoing(b"POST", Endpoint("http", "rebind.example", receiver.endpoint.port), b"/", [], b"")
        assert status(await sender.send(request, timeout=r.BOUND)) == 200
        await r.eventually(lambda: sender._pool.open == 0)
        result = await sender.send(request, timeout=r.BOUND)
        assert isinstance(result, Failed)
        assert result.outcome is Outcome.ADDRESS_REFUSED
        assert "10." not in result.reason
    assert asked == 2
    await sender.aclose()


async def test_name_without_address(guard: Guard) -> None:
    async def resolver(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    sender = Sender(Guard(resolver=resolver))
    result = await sender.send(Outgoing(b"GET", Endpoint("http", "x.invalid", 80), b"/", [], b""), timeout=1.0)
    assert isinstance(result, Failed)
    assert result.outcome is Outcome.NAME_NOT_RESOLVED
    await sender.aclose()


async def test_resolving_is_within_the_deadline() -> None:
    async def resolver(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        return []

    sender = Sender(Guard(resolver=resolver))
    result = await sender.send(Outgoing(b"GET", Endpoint("http", "x.example", 80), b"/", [], b""), timeout=0.05)
    assert isinstance(result, Failed)
    assert result.outcome is Outcome.TIMEOUT
    await sender.aclose()


async def test_ipv6() -> None:
    sender = Sender(Guard(Policy.of("::1/128")))
    async with r.receiving(r.answers(r.OK), host="::1") as receiver:
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        assert f"\r\nHost: [::1]:{receiver.endpoint.port}\r\n".encode() in receiver.requests[0]
    await sender.aclose()


async def test_request_that_cannot_be_written_leaves_the_sender_usable(sender: Sender) -> None:
    async with r.receiving(r.answers(r.OK)) as receiver:
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        with pytest.raises(ValueError):
            await sender.send(receiver.request(target=b"/a b"), timeout=r.BOUND)
        assert status(await sender.send(receiver.request(), timeout=r.BOUND)) == 200
        assert receiver.visits == 1
