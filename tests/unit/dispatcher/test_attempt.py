import io
import json
from collections.abc import Sequence

import pytest

from hookline_builtin.encoders import JsonEncoder
from hookline_dispatcher.config.targets import Secret, TargetSettings, WebhookSettings
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.core.retry import Dead, Delivered, Outcome, RetryAt, Schedule, TargetGone
from hookline_dispatcher.delivery.attempt import BROKEN_OFF, GONE, NO_RETRIES_LEFT, Attempter
from hookline_dispatcher.delivery.attempt_log import AttemptLog
from hookline_dispatcher.delivery.authorizing import Authorizing
from hookline_dispatcher.delivery.rendering import Renderer
from hookline_dispatcher.delivery.tokens import Tokens
from hookline_dispatcher.sender.model import Answered, Failed, Late, Outgoing, Refusal, SendResult
from hookline_dispatcher.store.model import Claim, Settlement, StoreFailed, TargetKey
from hookline_runtime.clock import ManualClock
from hookline_runtime.logs import PlainLines

from .samples import KEY, NOW, SECRET, claim, settings


class Targets:
    def __init__(self, *versions: TargetSettings, failing: bool = False) -> None:
        self.versions = {each.revision: each for each in versions}
        self.failing = failing

    async def target(self, key: TargetKey) -> TargetSettings | None:
        if self.failing:
            raise StoreFailed("away")
        return self.versions[max(self.versions)] if self.versions else None

    async def version(self, key: TargetKey, revision: int) -> TargetSettings | None:
        return self.versions.get(revision)


class Scripted:
    """A sender whose every request comes to the same."""

    def __init__(self, result: SendResult | Exception) -> None:
        self.result = result
        self.sent: list[tuple[Outgoing, float, bool]] = []

    async def send(self, request: Outgoing, *, timeout: float, leave_by: float | None = None) -> SendResult:
        self.sent.append((request, timeout, leave_by is not None))
        if isinstance(self.result, Exception):
            raise self.result
        return self.result

    async def aclose(self) -> None:
        pass


def answered(status: int, headers: Sequence[tuple[bytes, bytes]] = ()) -> Answered:
    return Answered(status, tuple(headers), b"hello", True, 1500, 700, 1200)


async def attempt(
    sender: Scripted, made: Claim, targets: Targets | None = None, lines: PlainLines | None = None
) -> Settlement:
    return await attempter(sender, targets, lines).attempt(made)


def attempter(sender: Scripted, targets: Targets | None = None, lines: PlainLines | None = None) -> Attempter:
    return Attempter(
        targets=targets or Targets(settings()),
        renderer=Renderer({"application/json": JsonEncoder()}.get),
        sender=sender,
        authorizing=Authorizing(sender, Tokens(sender)),
        installation="0000abcd",
        schedule=Schedule(),
        clock=ManualClock(NOW),
        random=lambda: 0.0,
        log=AttemptLog(lines),
    )


async def test_a_success_keeps_everything_but_the_request_body() -> None:
    sender = Scripted(answered(204, [(b"server", b"x")]))
    settled = await attempt(sender, claim())
    record = settled.record
    assert settled.decision == Delivered()
    assert record is not None
    assert (record.outcome, record.status_code, record.latency) == (Outcome.DELIVERED, 204, 1500)
    assert (record.connect_latency, record.first_byte_latency) == (700, 1200)
    assert (record.method, record.url, record.request_body) == ("POST", "http://r.example/hook?k=v", None)
    assert b"webhook-id: msg_0000abcd5a\r\n" in record.request_headers
    assert (record.response_headers, record.response_body, record.body_cut) == (b"server: x\r\n", b"hello", True)
    request, timeout, bounded = sender.sent[0]
    assert (timeout, bounded) == (30.0, False)
    assert dict(request.headers)[b"webhook-id"] == b"msg_0000abcd5a"


@pytest.mark.parametrize(
    "result, outcome, reason",
    [
        (answered(500), Outcome.REJECTED, "the receiver answered 500"),
        (answered(301), Outcome.REJECTED, "the receiver answered 301"),
        (Failed(Outcome.TIMEOUT, "no answer in time", 9), Outcome.TIMEOUT, "no answer in time"),
        (Failed(Outcome.ADDRESS_REFUSED, "not public", 9), Outcome.ADDRESS_REFUSED, "not public"),
    ],
)
async def test_a_failure_keeps_the_request_and_is_retried(result: SendResult, outcome: Outcome, reason: str) -> None:
    settled = await attempt(Scripted(result), claim(failures=2))
    assert settled.decision == RetryAt(NOW + 20 * SECOND, reason)
    assert settled.counts
    assert settled.record is not None
    assert settled.record.outcome is outcome
    assert settled.record.request_body is not None


async def test_what_failed_on_this_side_says_nothing_of_the_receiver() -> None:
    settled = await attempt(Scripted(Failed(Outcome.NOT_CONNECTED, "no more sockets", 9, own=True)), claim())
    assert settled.decision == RetryAt(NOW + 5 * SECOND, "no more sockets", own=True)
    assert not settled.counts


async def test_the_last_retry_buries() -> None:
    settled = await attempt(Scripted(answered(500)), claim(11, failures=10))
    assert settled.decision == Dead("the receiver answered 500")


async def test_gone_is_told_apart() -> None:
    settled = await attempt(Scripted(answered(410)), claim())
    assert settled.decision == TargetGone("the receiver answered 410")


async def test_retry_after_holds_the_lane() -> None:
    settled = await attempt(Scripted(answered(503, [(b"retry-after", b"90")])), claim())
    due = NOW + 90 * SECOND
    assert settled.decision == RetryAt(due, "the receiver answered 503", due)


@pytest.mark.parametrize(
    "targets, made, decision",
    [
        (Targets(), claim(), Dead(GONE)),
        (Targets(settings(max_retries=3)), claim(5, failures=4), Dead(NO_RETRIES_LEFT)),
        (
            Targets(settings(content_type="x/y")),
            claim(),
            RetryAt(NOW + 5 * SECOND, "no plugin encodes x/y"),
        ),
        (
            Targets(settings(revision=12)),
            claim(),
            RetryAt(NOW + 5 * SECOND, "the settings of revision 11 are missing"),
        ),
    ],
)
async def test_what_cannot_be_sent_says_nothing_of_the_receiver(
    targets: Targets, made: Claim, decision: Dead | RetryAt
) -> None:
    sender = Scripted(answered(200))
    settled = await attempt(sender, made, targets)
    assert settled.decision == decision
    assert settled.record is not None
    assert settled.record.outcome is Outcome.NOT_RENDERED
    assert not settled.counts
    assert not sender.sent


async def test_a_header_that_the_sender_refuses_is_not_rendered() -> None:
    settled = await attempt(Scripted(ValueError("a header value has a line end")), claim())
    assert settled.decision == RetryAt(NOW + 5 * SECOND, "a header value has a line end")
    assert not settled.counts


async def test_what_comes_late_for_its_slot_is_given_back() -> None:
    sender = Scripted(Late())
    settled = await attempt(sender, claim(leave_by_time=NOW + SECOND))
    assert (settled.decision, settled.record) == (None, None)
    assert sender.sent[0][2]


async def test_a_store_that_fails_gives_back() -> None:
    settled = await attempt(Scripted(answered(200)), claim(), Targets(settings(), failing=True))
    assert (settled.decision, settled.record) == (None, None)


@pytest.mark.parametrize("unknowns, due", [(0, NOW), (5, NOW + 5 * SECOND)])
async def test_a_bug_is_an_unknown_outcome(unknowns: int, due: int) -> None:
    settled = await attempt(Scripted(RuntimeError("bug")), claim(unknowns=unknowns))
    assert settled.decision == RetryAt(due, BROKEN_OFF)
    assert settled.record is not None
    assert settled.record.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    "result, made, targets, outcome, follows",
    [
        (answered(200), claim(), Targets(settings()), "delivered", "Delivered"),
        (answered(500), claim(), Targets(settings()), "rejected", "RetryAt"),
        (answered(200), claim(), Targets(), "not_rendered", "Dead"),
        (answered(200), claim(failures=11), Targets(settings()), "not_rendered", "Dead"),
        (RuntimeError("bug"), claim(), Targets(settings()), "unknown", "RetryAt"),
    ],
)
async def test_every_attempt_has_its_line(
    result: SendResult | Exception, made: Claim, targets: Targets, outcome: str, follows: str
) -> None:
    stream = io.BytesIO()
    await attempt(Scripted(result), made, targets, PlainLines("info", stream))
    (line,) = (json.loads(each) for each in stream.getvalue().splitlines())
    assert (line["outcome"], line["follows"], line["delivery_id"]) == (outcome, follows, made.delivery_id)


@pytest.mark.parametrize("merged, host, address", [(True, "(merged)", "(merged)"), (False, "8.r.example", "10.0.0.8")])
async def test_a_host_that_is_made_of_data_and_where_it_leads_stay_out_of_the_log(
    merged: bool, host: str, address: str
) -> None:
    stream = io.BytesIO()
    webhook = WebhookSettings(
        key=KEY,
        revision=11,
        url="http://[ID].r.example/" if merged else "http://8.r.example/",
        secrets=(Secret(SECRET),),
        names=(("id", ("id",)),),
        policy=LanePolicy(origin="" if merged else "8.r.example:80"),
    )
    refused = Failed(Outcome.ADDRESS_REFUSED, "not public", 9, refusal=Refusal("10.0.0.8", "private"))
    sender = Scripted(refused)
    settled = await attempt(sender, claim(), Targets(webhook), PlainLines("info", stream))
    assert sender.sent[0][0].endpoint.host == "8.r.example"
    assert settled.record is not None
    assert settled.record.url == "http://8.r.example/"
    (line,) = (json.loads(each) for each in stream.getvalue().splitlines())
    assert (line["host"], line["refused_address"], line["refused_as"]) == (host, address, "private")


def test_an_attempt_that_was_broken_off_has_its_line() -> None:
    stream = io.BytesIO()
    attempter(Scripted(answered(200)), lines=PlainLines("info", stream)).lost(claim())
    (line,) = (json.loads(each) for each in stream.getvalue().splitlines())
    assert (line["outcome"], line["host"]) == ("unknown", "")
