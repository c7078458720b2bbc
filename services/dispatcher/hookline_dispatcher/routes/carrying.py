"""What a step asked for, as what the store is to write: timers, movements, firings with their events, emitted events.

Emitted events go through routing like any other: subscriptions and triggers without memory fire with them, and they
are routes for definitions with memory, one hop further. Ids of events that are made here hold a blank, so that no
producer's event stands under them, and follow from keys, so that the same step makes the same events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b

import orjson
import structlog

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.settling import ITEM as SUBSCRIPTION_ITEM
from hookline_dispatcher.config.targets import SUBSCRIPTION, WEBHOOK, SubscriptionSettings, TargetSettings
from hookline_dispatcher.config.triggers import Trigger
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.fired_by import FiredBy
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.snapshot import snapshot_id
from hookline_dispatcher.ingest.routing import route, with_routes
from hookline_dispatcher.store.model import Firing, Intake, TargetKey
from hookline_dispatcher.store.routing import (
    Cause,
    Emitted,
    KeyedFiring,
    NewTimer,
    Post,
    Stepped,
    StoredObject,
)
from hookline_plugin.catalogue import DEFINITION_CHANGED, OBJECT_TYPE_ID, TIMER_DUE, event_type
from hookline_plugin.stateful import Emit, Outcome, Passage, Revised

from .material import Material, Told

MOST_HOPS = 16
"""How many emitted events may follow from one another."""
AT_ONCE = SECOND
"""A timer that is due within this carries on the hops of its step, so that it is no way round their limit."""

_log = structlog.get_logger(__name__)


class Carrier:
    """Turns outcomes into what is to be written; ``missing`` are events that it has to know first."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self.missing: set[tuple[int, str]] = set()

    def carry(
        self,
        outcome: Outcome,
        trigger: Trigger,
        post: Post,
        told: Told,
        stored: StoredObject,
        guard: int,
        config: AccountConfig,
    ) -> tuple[Stepped, str, tuple[str, ...]]:
        """What is to be written, a note for people, and the object's tags afterwards."""
        now = self._material.now
        causes, note = self._causes(outcome, trigger, post, told, stored, config)
        emitted, tags, dropped = self._emitted(outcome.emits, trigger, post, told, stored, config)
        if dropped:
            what = (
                f"more than {MOST_HOPS} hops from their cause" if told.hop >= MOST_HOPS else "too many for one object"
            )
            note = f"{dropped} events would have been {what} and were dropped"
            _log.warning("emitted events were dropped", account_id=post.account_id, trigger=trigger.label, reason=what)
        memory = outcome.memory
        stepped = Stepped(
            post=post,
            source=trigger.source,
            guard=guard,
            memory=None if memory is None else memory.body,
            follows=0 if memory is None else memory.follows,
            revision=trigger.revision,
            cancel=outcome.cancel,
            start=tuple(
                NewTimer(each.key, each.due_time, told.hop if each.due_time <= now + AT_ONCE else 0)
                for each in outcome.start
            ),
            moves=tuple((each.element, each.passage is Passage.REACHED) for each in outcome.movements),
            causes=causes,
            emitted=emitted,
        )
        return stepped, note, tags

    def _causes(
        self, outcome: Outcome, trigger: Trigger, post: Post, told: Told, stored: StoredObject, config: AccountConfig
    ) -> tuple[tuple[Cause, ...], str]:
        """Firings by the event that they are made of; the events that are missing are noted."""
        by_event: dict[str, list[KeyedFiring]] = defaultdict(list)
        note = ""
        for fire in outcome.fires:
            own = post.kind == SUBSCRIPTION_ITEM
            target = config.targets.get(TargetKey(post.account_id, SUBSCRIPTION if own else WEBHOOK, fire.webhook_id))
            if target is None:
                note = f"there is no webhook {fire.webhook_id}"
                continue
            by = "" if own else str(FiredBy(trigger.source, post.id, fire.element))
            firing = Firing(target.key, target.policy, target.revision, by)
            named = "" if told.event and fire.event == told.event.id else fire.event
            # Counts by element are those of maps. A rule has none, and would have a row for each object else.
            by_event[named].append(KeyedFiring(fire.key, firing, "" if trigger.alone else fire.element))
        causes = [self._cause(named, fired, trigger, post, told, stored, config) for named, fired in by_event.items()]
        return tuple(causes), note

    def _cause(
        self,
        named: str,
        fired: list[KeyedFiring],
        trigger: Trigger,
        post: Post,
        told: Told,
        stored: StoredObject,
        config: AccountConfig,
    ) -> Cause:
        now = self._material.now
        seq, event = (told.event_seq, told.event) if not named else self._named(post.account_id, named)
        if event is not None and event.data == stored.data:
            return Cause(seq, Intake(event, b"", now), tuple(fired))
        type_, params = (
            (event.type, event.params) if event else _stands_for(told, config.targets[fired[0].firing.target])
        )
        frozen = Event(
            account_id=post.account_id,
            id=snapshot_id(trigger.source, post.id, _digest([*post, *(each.key for each in fired)])),
            type=type_,
            object_type_id=post.object_type_id,
            object_id=post.object_id,
            data=stored.data or b"{}",
            params=params,
            object_version=stored.version,
            tags=stored.tags,
            occurred_time=event.occurred_time if named and event else now,
            ordering_key=event.ordering_key if event else "",
        )
        return Cause(0, Intake(frozen, _digest_of(frozen.id), now), tuple(fired))

    def _named(self, account_id: int, event_id: str) -> tuple[int, Event | None]:
        """An event with its seq; None where it is gone, or is to be read first."""
        key = (account_id, event_id)
        if key not in self._material.named:
            self.missing.add(key)
        return self._material.named.get(key) or (0, None)

    def _emitted(
        self,
        emits: Iterable[Emit],
        trigger: Trigger,
        post: Post,
        told: Told,
        stored: StoredObject,
        config: AccountConfig,
    ) -> tuple[tuple[Emitted, ...], tuple[str, ...], int]:
        """Emitted events, the object's tags behind them, and how many were dropped."""
        tags, made, dropped = stored.tags, [], 0
        for emit in emits:
            if told.hop >= MOST_HOPS or not self._material.spending.allows(post.object, self._material.now):
                dropped += 1
                continue
            tags = tuple(tag for tag in dict.fromkeys((*tags, *emit.add_tags)) if tag not in emit.remove_tags)
            event = Event(
                account_id=post.account_id,
                id=f"{trigger.source}/{post.id} {_digest([*post, emit.key])}",
                type=emit.type,
                object_type_id=post.object_type_id,
                object_id=post.object_id,
                data=stored.data or b"{}",
                params=dict(emit.params),
                tags=tags,
                occurred_time=self._material.now,
            )
            routed = route(event, config, self._material.now)
            intake = Intake(
                event,
                _digest_of(event.id),
                self._material.now,
                routed.firings,
                routed.note,
                hop=told.hop + 1,
            )
            intake = with_routes(intake, config)
            made.append(Emitted(intake, emit.add_tags, emit.remove_tags))
        return tuple(made), tags, dropped


def _stands_for(told: Told, target: TargetSettings) -> tuple[str, dict[str, str]]:
    """Type and params of what is made of no event, or of one that is gone."""
    if isinstance(target, SubscriptionSettings):
        kind = event_type(target.event)
        param = kind.number_param if kind else None
        return target.event, {param: target.number} if param and target.number and param != OBJECT_TYPE_ID else {}
    return DEFINITION_CHANGED if isinstance(told.occasion, Revised) else TIMER_DUE, {}


def _digest(parts: Iterable[object]) -> str:
    return blake2b(orjson.dumps(list(parts)), digest_size=16).hexdigest()


def _digest_of(event_id: str) -> bytes:
    """Over the id alone, as of other events of the system."""
    return blake2b(event_id.encode(), digest_size=16).digest()
