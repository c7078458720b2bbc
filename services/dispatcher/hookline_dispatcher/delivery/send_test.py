"""A test of a target: one request like any other, past lane and throttle, with a ``webhook-id`` of its own.

It goes through the same renderer, sender and guard as deliveries do, and leaves no trace but its line in the log.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.retry import Outcome
from hookline_dispatcher.sender.model import Late, SendResult, Sends
from hookline_dispatcher.store.model import AttemptRecord
from hookline_runtime.clock import Clock
from hookline_runtime.errors import ResourceExhausted

from .attempt import loggable, read_result, write_record
from .attempt_log import AttemptLog
from .authorizing import Authorizing
from .body import NotRendered
from .rendering import Rendered, Renderer

MOST_AT_ONCE = 32
RETRY_SECONDS = 5.0


@dataclass(slots=True)
class Tester:
    """Sends tests, a bounded number at once."""

    renderer: Renderer
    sender: Sends
    authorizing: Authorizing
    clock: Clock
    log: AttemptLog
    under_way: int = 0

    async def send(self, settings: TargetSettings, event: Event) -> AttemptRecord:
        """What came of sending ``event`` to the target, the request's body included.

        Raises:
            ResourceExhausted: too many tests are under way.
        """
        if self.under_way >= MOST_AT_ONCE:
            raise ResourceExhausted("too many tests are under way", RETRY_SECONDS, "tests under way")
        self.under_way += 1
        try:
            return await self._send(settings, event)
        finally:
            self.under_way -= 1

    async def _send(self, settings: TargetSettings, event: Event) -> AttemptRecord:
        start_time = self.clock.now()
        message_id = f"test_{secrets.token_hex(16)}"
        apart = self.renderer.apart(settings, settings)
        rendered = await self.renderer.request_of(apart, message_id, event, settings, settings, start_time)
        if isinstance(rendered, NotRendered):
            return self._unsent(settings, rendered.reason, start_time)
        try:
            sent = await self._sent(rendered, settings.timeout / SECOND)
        except ValueError as error:
            return self._unsent(settings, str(error), start_time)
        assert not isinstance(sent, Late), "a test has no slot"
        record = write_record(sent, read_result(sent, self.clock), rendered, start_time)
        host, refusal = loggable(rendered, sent, settings)
        self.log.test(settings.key, host, record, refusal)
        return record._replace(request_body=rendered.outgoing.body)

    async def _sent(self, rendered: Rendered, timeout: float) -> SendResult:
        if rendered.client is not None:
            return await self.authorizing.send(rendered.outgoing, rendered.client, timeout=timeout)
        return await self.sender.send(rendered.outgoing, timeout=timeout)

    def _unsent(self, settings: TargetSettings, reason: str, now: int) -> AttemptRecord:
        record = AttemptRecord(Outcome.NOT_RENDERED, now, reason=reason)
        self.log.test(settings.key, "", record)
        return record
