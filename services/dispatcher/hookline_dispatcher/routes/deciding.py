"""What routes and timers come to: a function of what was read for them, many at once, each after those before it.

Several turns for one object may be decided together: what one leaves (memory, tags) is what the next one finds. A
definition whose step fails keeps what it was told in a route of its own, which is told again later; whatever else
comes for it and that object waits behind. So nothing that fails holds up another definition or another object.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.store.routing import NO_MEMORY, DueTimer, Post, Retry, Route, Stepped, Turn, What
from hookline_plugin.stateful import Due, Memory

from . import retrying
from .foreign import PutOff
from .listening import listening
from .material import Material, Told
from .membership import Seen
from .telling import Taken, Teller

MOST_NOTE = 1000
"""Characters of a turn's note."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What one of the definitions that hear an event makes of it."""

    step: Stepped | None = None
    retry: Retry | None = None
    note: str = ""


class Decider:
    """Decides a batch; what there is to report, or to read besides, its teller says afterwards."""

    def __init__(self, material: Material, teller: Teller) -> None:
        self._material = material
        self._teller = teller

    def route(self, route: Route) -> Turn:
        """What a route comes to."""
        config = self._material.configs[route.object.account_id]
        if route.kind:
            return self._own(route, config)
        event = self._material.events.get(route.event_seq)
        told = self._material.told(route)
        if config is None or event is None or told is None:
            return Turn(route)
        heard = [
            self._hear(route, told, config, *each) for each in listening(route, event, config, self._material.memories)
        ]
        for each in config.unasked:
            if each.source == route.source:
                own = route._replace(id=0, kind=each.key.kind, definition_id=each.key.id)
                heard.append(_Heard(retry=retrying.away(own, each.fault, self._material.now)))
        return Turn(
            route,
            steps=tuple([each.step for each in heard if each.step]),
            retries=tuple([each.retry for each in heard if each.retry]),
            note="\n".join([each.note for each in heard if each.note])[:MOST_NOTE],
        )

    def _hear(
        self, route: Route, told: Told, config: AccountConfig, post: Post, trigger: Trigger, maps: Seen
    ) -> _Heard:
        """What one definition makes of an event that several are told."""
        own = route._replace(id=0, kind=post.kind, definition_id=post.id)
        if self._material.memories.get(post, NO_MEMORY).blocked:
            return _Heard(retry=retrying.behind(own))
        found = self._teller.tell(trigger, post, told, config, maps)
        if not isinstance(found, Taken):
            note = f"{trigger.label}: {found}" if isinstance(found, str) else ""
            return _Heard(retry=self._not_now(own, trigger, found), note=note)
        outcome, stepped, note = found
        said = note or ("" if stepped.causes else outcome.why)
        return _Heard(stepped, note=f"{trigger.label}: {said}" if said else "")

    def timer(self, timer: DueTimer) -> Turn | None:
        """What a timer comes to; None: it is to be read again, something moved its object meanwhile."""
        post, now = timer.post, self._material.now
        if post in self._teller.touched:
            return None
        config = self._material.configs[post.account_id]
        if config is None:
            return Turn(timer=timer, hold=True)
        trigger = config.stepping(TriggerKey(post.kind, post.id))
        if trigger is None:
            return Turn(timer=timer)
        own = Route(
            *(0, post.object, trigger.source, What.TIMER, post.kind, post.id, 0),
            *(timer.hop, timer.key, timer.due_time),
        )._replace(create_time=now)
        if trigger.away:
            return Turn(timer=timer, retries=(retrying.away(own, trigger.fault, now),))
        if trigger.stateful is None or trigger.stateful.paused:
            return Turn(timer=timer, hold=True)
        if self._material.memories.get(post, NO_MEMORY).blocked:
            return Turn(timer=timer, retries=(retrying.behind(own),))
        return self._wake(timer, own, trigger, config)

    def _wake(self, timer: DueTimer, own: Route, trigger: Trigger, config: AccountConfig) -> Turn:
        """What a timer comes to whose definition hears of it; ``own`` tells it again where that fails."""
        memory = self._material.memories.get(timer.post, NO_MEMORY)
        found = self._teller.tell(trigger, timer.post, Told(Due(timer.key, timer.due_time), None, 0, timer.hop), config)
        if not isinstance(found, Taken):
            return Turn(timer=timer, retries=(self._not_now(own, trigger, found),))
        outcome, stepped, note = found
        if outcome.held:
            return Turn(timer=timer, hold=True)
        said = note or ("" if stepped.causes else outcome.why)
        if trigger.settled is None or memory.body is None or stepped.memory is not None or not said:
            return Turn(timer=timer, steps=(stepped,))
        about = trigger.settled.newest_event(Memory(memory.body))
        return Turn(timer=timer, steps=(stepped,), note=f"{trigger.label}: {said}", note_event=about)

    def _own(self, route: Route, config: AccountConfig | None) -> Turn:
        """What a route for one definition comes to."""
        now = self._material.now
        trigger = config.stepping(TriggerKey(route.kind, route.definition_id)) if config else None
        if config is not None and trigger is None:
            return Turn(route)
        if trigger is not None and trigger.away:
            return Turn(route, retries=(retrying.away(route, trigger.fault, now),))
        if config is None or trigger is None or trigger.stateful is None or trigger.stateful.paused:
            return retrying.at_rest(route, trigger, now)
        told = self._material.told(route)
        if told is None:
            return Turn(route)
        if trigger.apart and told.event and not config.wants(trigger, told.event):
            return Turn(route)  # it was told before anybody knew which events it wants
        found = self._teller.tell(trigger, route.post, told, config)
        if not isinstance(found, Taken):
            return Turn(route, retries=(self._not_now(route, trigger, found),))
        outcome, stepped, note = found
        if outcome.held and route.what is What.TIMER:
            return Turn(route, retries=(retrying.held(route, now),))
        # That it waits until its object is quiet, ingest has said.
        waits = trigger.settled is not None and stepped.start
        said = note or ("" if stepped.causes or waits else outcome.why)
        return Turn(route, steps=(stepped,), note=f"{trigger.label}: {said}" if said else "")

    def _not_now(self, route: Route, trigger: Trigger, found: str | PutOff) -> Retry:
        retry = retrying.not_now(route, found, self._material.now)
        if retry.set_aside:
            _log.warning(
                "a step failed too often and is set aside",
                account_id=route.object.account_id,
                trigger=trigger.label,
                reason=retry.reason,
            )
        return retry
