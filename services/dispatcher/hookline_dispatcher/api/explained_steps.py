"""What definitions with memory would do, as messages: bounded in each part, and all of them together in bytes."""

from __future__ import annotations

from itertools import islice

from hookline.dispatcher.v1 import delivery_pb2
from hookline.dispatcher.v1 import event_service_pb2 as pb

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.routes.rehearsing import Rehearsed
from hookline_dispatcher.store.routing import Emitted, Stepped

from .wire_definitions import LAST_TIME
from .wire_deliveries import fired_by, timestamp

MOST_MOVES = 100
MOST_WAITS = 20
MOST_EMITS = 20
MOST_SET_OFF = 20
STEP_BYTES = 64 * 1024
"""Of one step: an emitted event may have a hundred params."""
STEPS_BYTES = 256 * 1024
"""Of all steps together, but for the one that is above it."""


class ExplainedSteps:
    """Adds steps to an answer while there is room for them.

    Args:
        response: What they are added to.
        config: Where what emitted events set off is found.
        now: No wait is shown as ending before it.
    """

    def __init__(self, response: pb.ExplainResponse, config: AccountConfig, now: int) -> None:
        self._response = response
        self._config = config
        self._now = now
        self._room = STEPS_BYTES

    def add(self, rehearsed: Rehearsed, most: int) -> bool:
        """Shows what is to be done; False: there are ``most`` already, or no room is left."""
        step = rehearsed.stepped
        if step is None or len(self._response.steps) >= most or self._room <= 0:
            return False
        trigger = rehearsed.trigger
        shown = self._response.steps.add(
            trigger=delivery_pb2.FiredBy(source=trigger.source, id=trigger.key.id),
            reason=rehearsed.why,
            fires=sum(len(cause.firings) for cause in step.causes),
            moves=[pb.ExplainedMove(element=name, left=not there) for name, there in step.moves[:MOST_MOVES]],
            waits=self._waits(step),
            emits=[self._emit(each) for each in step.emitted[:MOST_EMITS]],
        )
        parts = (*zip((step.moves, step.start, step.emitted), (MOST_MOVES, MOST_WAITS, MOST_EMITS), strict=True),)
        shown.left_out = sum(max(0, len(part) - bound) for part, bound in parts)
        while shown.emits and shown.ByteSize() > STEP_BYTES:
            shown.emits.pop()
            shown.left_out += 1
        self._room -= shown.ByteSize()
        return True

    def _waits(self, step: Stepped) -> list[pb.ExplainedWait]:
        standing = [name for name, there in dict(step.moves).items() if there]
        element = standing[0] if len(standing) == 1 else ""
        return [
            pb.ExplainedWait(
                until_time=timestamp(min(max(timer.due_time, self._now), LAST_TIME)),
                element=element,
            )
            for timer in sorted(step.start, key=lambda each: each.due_time)[:MOST_WAITS]
        ]

    def _emit(self, emitted: Emitted) -> pb.ExplainedEmit:
        event = emitted.intake.event
        fires = (fired_by(each.fired_by, each.target) for each in emitted.intake.firings)
        told = (
            delivery_pb2.FiredBy(source=trigger.source, id=trigger.key.id)
            for trigger, _ in (self._config.concerned(event) if emitted.intake.told else ())
        )
        sets_off = {(each.source, each.id, each.element): each for part in (fires, told) for each in part}
        return pb.ExplainedEmit(
            type=event.type,
            params=event.params,
            add_tags=emitted.add_tags,
            remove_tags=emitted.remove_tags,
            sets_off=islice(sets_off.values(), MOST_SET_OFF),
        )
