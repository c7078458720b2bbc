"""A lane: a target's queue of deliveries, with its throttle, its order and its health.

A lane is ready at the latest of: its earliest due delivery, its throttle's next slot, and the moment until which it is
held (a receiver's ``Retry-After``, or the next probe of a lane that keeps failing). It is never ready while it is
paused or off, or while as many attempts are in flight as it may have.

Health: five failures in a row make the lane half-open: one probe at a time, at the pace of the retry schedule. The
first success closes it. Nothing but failures for long enough switches the target off. What was in flight when the
lane became half-open is no probe: its failures do not slow the probes down, or one short outage under load would
stop a lane for an hour.

Of a target whose host is merged, each request may go to another host: its failures never get here, so it is never
half-open and never switches itself off.

Every change returns a new lane; the store decides when it is written.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

from .instants import DAY, NEVER
from .retry import Schedule

HALF_OPEN_AFTER = 5
"""Failures in a row that make a lane half-open."""


class Switch(enum.IntEnum):
    """Whether a target sends."""

    ACTIVE = 1
    PAUSED = 3
    OFF = 4


@dataclass(frozen=True, slots=True)
class LanePolicy:
    """What a target's settings say about its lane."""

    requests_per_minute: int = 0
    """The throttle; 0: none."""
    ordered: bool = False
    block_dead: bool = False
    """Whether a dead delivery holds back those with the same ordering key."""
    origin: str = ""
    """Host and port that its requests go to; empty where the settings alone do not say."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane's own state, without its deliveries."""

    policy: LanePolicy = LanePolicy()
    switch: Switch = Switch.ACTIVE
    reason: str = ""
    switch_time: int = 0
    failures: int = 0
    first_failure_time: int = 0
    last_success_time: int = 0
    hold_time: int = 0
    next_slot_time: int = 0

    @property
    def half_open(self) -> bool:
        """Whether it is probed rather than used."""
        return self.failures >= HALF_OPEN_AFTER

    def limit(self, cap: int) -> int:
        """How many attempts may be in flight at once, where a healthy lane may have ``cap``."""
        return 1 if self.half_open else cap

    def ready_time(self, earliest_due_time: int, in_flight: int, cap: int) -> int:
        """When a delivery may be claimed next; NEVER when something other than time must come first."""
        if self.switch is not Switch.ACTIVE or earliest_due_time >= NEVER or in_flight >= self.limit(cap):
            return NEVER
        slot = self.next_slot_time if self.policy.requests_per_minute else 0
        return max(earliest_due_time, self.hold_time, slot)

    def takes_fresh(self, waiting: int, in_flight: int, cap: int, now: int) -> bool:
        """Whether a fresh delivery may leave at once, past the queue."""
        return (
            self.switch is Switch.ACTIVE
            and not self.policy.requests_per_minute
            and not self.policy.ordered
            and not waiting
            and in_flight < cap
            and not self.half_open
            and self.hold_time <= now
        )

    def with_slot(self, next_slot_time: int) -> Lane:
        """The lane after a slot of its throttle was taken."""
        return replace(self, next_slot_time=next_slot_time)

    def with_policy(self, policy: LanePolicy) -> Lane:
        """The lane after its target's settings changed.

        Where they no longer say to which host requests go, what was learnt of the host before says nothing any more.
        """
        if self.policy.origin and not policy.origin:
            return replace(self, policy=policy, failures=0, first_failure_time=0, hold_time=0)
        return replace(self, policy=policy)

    def after_success(self, now: int) -> Lane:
        """The lane after an answer 2xx: closed, whatever it was.

        A hold of a healthy lane is the receiver's own ``Retry-After``: what was under way before it does not end it.
        """
        hold_time = 0 if self.half_open or self.hold_time <= now else self.hold_time
        return replace(self, failures=0, first_failure_time=0, hold_time=hold_time, last_success_time=now)

    def after_failure(
        self,
        now: int,
        *,
        hold_time: int,
        schedule: Schedule,
        random: Callable[[], float],
        others_in_flight: int = 0,
        off_after: int = 5 * DAY,
    ) -> Lane:
        """The lane after a failed attempt: perhaps held, perhaps half-open, perhaps off.

        Args:
            now: The present moment.
            hold_time: Until when the receiver asked to be left alone; 0: it did not.
            schedule: The pace of probes.
            random: Yields floats in [0, 1).
            others_in_flight: How many other attempts of the lane are still under way.
            off_after: The span of nothing but failures that switches the target off; a lane that is not yet half-open
                has seen too few of them.
        """
        probe = not self.half_open or (not others_in_flight and now >= self.hold_time)
        failures = self.failures + 1 if probe else self.failures
        first = self.first_failure_time or now
        if probe and failures >= HALF_OPEN_AFTER:
            hold_time = max(hold_time, now + schedule.wait(failures - HALF_OPEN_AFTER + 1, random))
        failed = replace(self, failures=failures, first_failure_time=first, hold_time=max(self.hold_time, hold_time))
        if self.switch is not Switch.OFF and failed.half_open and now - first >= off_after:
            days = off_after / DAY
            return failed.switched(Switch.OFF, f"nothing but failures for {days:g} days", now)
        return failed

    def switched(self, switch: Switch, reason: str, now: int) -> Lane:
        """The lane paused, off, or active again; switched back on it starts healthy."""
        if switch is Switch.ACTIVE:
            return replace(
                self,
                switch=switch,
                reason="",
                switch_time=now,
                failures=0,
                first_failure_time=0,
                hold_time=0,
            )
        return replace(self, switch=switch, reason=reason, switch_time=now)
