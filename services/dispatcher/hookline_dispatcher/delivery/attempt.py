"""One attempt: a claim in, a settlement out. The I/O is the sender's; what follows is the core's decision.

A delivery whose target is gone, or whose retries are used up (which recovery can leave behind), is buried without
sending. One that cannot be rendered (its settings or its encoder are missing, or the encoder refuses the data) is
retried by the schedule like any failure, since a plugin may be installed again; but it says nothing of the receiver,
so the lane's health does not count it, and where a plugin that runs apart is not asked at the moment it uses up no
retry. Nor does health count an attempt for which this side had no socket, which uses up no retry either, nor one of a
webhook whose host is merged: what one contact's host answers, 410 included, says nothing of the next one's. Nothing is
sent after the end of a throttle's slot: the claim is given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.retry import Dead, Decision, Outcome, Result, Schedule, decide
from hookline_dispatcher.sender.model import Answered, Failed, Late, Refusal, SendResult, Sends
from hookline_dispatcher.store.model import AttemptRecord, Claim, Settlement, StoreFailed, TargetKey
from hookline_runtime.clock import Clock

from .attempt_log import AttemptLog
from .authorizing import Authorizing
from .body import NotRendered
from .echoes import without
from .headers import received_block
from .rendering import Rendered, Renderer, webhook_id
from .retry_after import retry_after

GONE = "the target is gone"
NO_RETRIES_LEFT = "its retries are used up"
MERGED_HOST = "(merged)"
"""What the log says of a host in which a merge field stands."""
BROKEN_OFF = "the worker stopped before there was an answer"

_log = structlog.get_logger(__name__)


class Targets(Protocol):
    """Where the settings of targets are found."""

    async def target(self, key: TargetKey) -> TargetSettings | None:
        """The newest settings; None when the target is gone."""

    async def version(self, key: TargetKey, revision: int) -> TargetSettings | None:
        """The settings as of one revision; None when they are not kept."""


@dataclass(frozen=True, slots=True)
class Attempter:
    """Attempts claims; any number of them at once."""

    targets: Targets
    renderer: Renderer
    sender: Sends
    authorizing: Authorizing
    installation: str
    schedule: Schedule
    clock: Clock
    random: Callable[[], float]
    log: AttemptLog

    async def attempt(self, claim: Claim) -> Settlement:
        """Attempts it and says what follows; raises nothing but CancelledError."""
        try:
            return await self._attempt(claim)
        except StoreFailed:
            return Settlement(claim, None)
        except Exception:
            # A bug, met perhaps after the request left. Unknown is what it is, and what bounds its repetition.
            _log.exception("an attempt failed in an unforeseen way", delivery_id=claim.delivery_id)
            return self.lost(claim)

    def lost(self, claim: Claim) -> Settlement:
        """What follows when an attempt had to be broken off: the request may or may not have arrived."""
        record = AttemptRecord(Outcome.UNKNOWN, self.clock.now(), reason=BROKEN_OFF)
        decision = self._decide(Result(Outcome.UNKNOWN, reason=BROKEN_OFF), claim, 180)
        return self._nothing_learnt(claim, decision, record)

    async def _attempt(self, claim: Claim) -> Settlement:
        current = await self.targets.target(claim.target)
        start_time = self.clock.now()
        if current is None:
            return self._unsent(claim, GONE, start_time)
        if claim.failures > current.max_retries:
            return self._unsent(claim, NO_RETRIES_LEFT, start_time)
        rendered = await self._render(claim, current, start_time)
        if isinstance(rendered, NotRendered):
            return self._not_rendered(claim, current, rendered, start_time)
        try:
            result = await self._send(claim, current, rendered, start_time)
        except ValueError as error:
            return self._not_rendered(claim, current, NotRendered(str(error)), start_time)
        if isinstance(result, Late):
            return Settlement(claim, None)
        return self._settlement(claim, current, rendered, result, start_time)

    async def _render(self, claim: Claim, current: TargetSettings, now: int) -> Rendered | NotRendered:
        frozen = current
        if current.revision != claim.config_revision:
            found = await self.targets.version(claim.target, claim.config_revision)
            if found is None:
                return NotRendered(f"the settings of revision {claim.config_revision} are missing")
            frozen = found
        message_id = webhook_id(self.installation, claim.root_id)
        apart = self.renderer.apart(frozen, current)
        if apart is None:
            return self.renderer.request(message_id, claim.event, frozen, current, now)
        return await self.renderer.request_of(apart, message_id, claim.event, frozen, current, now)

    async def _send(self, claim: Claim, current: TargetSettings, rendered: Rendered, start_time: int) -> SendResult:
        leave_by = None
        if claim.leave_by_time:
            leave_by = asyncio.get_running_loop().time() + (claim.leave_by_time - start_time) / SECOND
        timeout = current.timeout / SECOND
        if rendered.client is not None:
            return await self.authorizing.send(rendered.outgoing, rendered.client, timeout=timeout, leave_by=leave_by)
        return await self.sender.send(rendered.outgoing, timeout=timeout, leave_by=leave_by)

    def _settlement(
        self, claim: Claim, current: TargetSettings, rendered: Rendered, sent: Answered | Failed, start_time: int
    ) -> Settlement:
        result = read_result(sent, self.clock)
        decision = self._decide(result, claim, current.max_retries)
        record = write_record(sent, result, rendered, start_time)
        host, refusal = loggable(rendered, sent, current)
        self.log.attempt(claim, host, record, decision, refusal)
        own = isinstance(sent, Failed) and sent.own
        return Settlement(claim, decision, record, counts=current.one_receiver and not own)

    def _not_rendered(self, claim: Claim, current: TargetSettings, refusal: NotRendered, start_time: int) -> Settlement:
        result = Result(Outcome.NOT_RENDERED, reason=refusal.reason, own=refusal.own)
        decision = self._decide(result, claim, current.max_retries)
        return self._nothing_learnt(claim, decision, AttemptRecord(result.outcome, start_time, reason=result.reason))

    def _unsent(self, claim: Claim, reason: str, now: int) -> Settlement:
        return self._nothing_learnt(claim, Dead(reason), AttemptRecord(Outcome.NOT_RENDERED, now, reason=reason))

    def _nothing_learnt(self, claim: Claim, decision: Decision, record: AttemptRecord) -> Settlement:
        """An attempt that says nothing of its receiver."""
        self.log.attempt(claim, "", record, decision)
        return Settlement(claim, decision, record, counts=False)

    def _decide(self, result: Result, claim: Claim, max_retries: int) -> Decision:
        return decide(
            result,
            failures=claim.failures,
            unknowns=claim.unknowns,
            max_retries=max_retries,
            schedule=self.schedule,
            now=self.clock.now(),
            random=self.random,
        )


def loggable(rendered: Rendered, sent: Answered | Failed, current: TargetSettings) -> tuple[str, Refusal | None]:
    """What the log may say of where it went: a merged host is made of the contact's data, and so is where it leads."""
    refusal = sent.refusal if isinstance(sent, Failed) else None
    if current.one_receiver:
        return rendered.outgoing.endpoint.host, refusal
    return MERGED_HOST, None if refusal is None else Refusal(MERGED_HOST, refusal.word)


def read_result(sent: Answered | Failed, clock: Clock) -> Result:
    """What was sent came to, as far as the decision needs it."""
    if isinstance(sent, Failed):
        return Result(sent.outcome, reason=sent.reason, own=sent.own)
    if 200 <= sent.status_code < 300:
        return Result(Outcome.DELIVERED, sent.status_code)
    asked = next((value for name, value in sent.headers if name == b"retry-after"), None)
    wait = None if asked is None else retry_after(asked.decode("latin-1"), clock.now())
    return Result(Outcome.REJECTED, sent.status_code, wait, f"the receiver answered {sent.status_code}")


def write_record(sent: Answered | Failed, result: Result, rendered: Rendered, start_time: int) -> AttemptRecord:
    """What is kept of an attempt; of a request that succeeded, not the body, which can be rendered again."""
    answered = sent if isinstance(sent, Answered) else None
    if answered and rendered.secrets:
        answered = without(rendered.secrets, answered)
    return AttemptRecord(
        outcome=result.outcome,
        start_time=start_time,
        latency=sent.latency,
        status_code=result.status_code,
        reason=result.reason,
        method=rendered.outgoing.method.decode("ascii"),
        url=rendered.url,
        request_headers=rendered.log_headers,
        request_body=None if result.outcome is Outcome.DELIVERED else rendered.outgoing.body,
        response_headers=received_block(answered.headers, cut=answered.head_cut) if answered else b"",
        response_body=answered.body if answered else b"",
        body_cut=answered.body_cut if answered else False,
        connect_latency=sent.connect_latency,
        first_byte_latency=sent.first_byte_latency,
    )
