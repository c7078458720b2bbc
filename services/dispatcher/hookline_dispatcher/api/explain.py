"""What an event would fire if it were published now: routed and rendered as ever, nothing is stored or sent.

Definitions with memory take the steps that the router would have them take, by what is remembered now. A rendered
request has everything of a real one but its id and time, and its signature is masked. What is shown is bounded: so
many firings, so many requests, so many bytes of bodies, and of steps.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hookline.dispatcher.v1 import delivery_pb2
from hookline.dispatcher.v1 import event_service_pb2 as pb

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.delivery.body import NotRendered
from hookline_dispatcher.delivery.headers import read_block
from hookline_dispatcher.delivery.rendering import Rendered, Renderer
from hookline_dispatcher.ingest.asking import ask
from hookline_dispatcher.ingest.routing import match
from hookline_dispatcher.routes.rehearsing import Rehearser
from hookline_dispatcher.store.model import Firing
from hookline_runtime.clock import Clock

from .explained_steps import ExplainedSteps
from .plan import Accounts
from .unconcerned import unconcerned
from .wire_deliveries import fired_by, target_ref
from .wire_events import event_message

MESSAGE_ID = "msg_explained"
"""What stands for the id of a delivery that is never made."""

MOST_SHOWN = 1000
"""How many firings are shown, and how many triggers that would not fire."""
MOST_REQUESTS = 100
BODY_BYTES = 65_536
"""Of each body."""
BODIES_BYTES = 2 * 1024 * 1024
"""Of all bodies together, but for the one that is above it."""

NO_ACCOUNT = "no such account is known"
DOES_NOT_FIRE = "it does not fire"
DOES_NOTHING = "it does nothing"
PAUSED = "it is paused"
AT_REST = "it waits for no events"
CHANGING = "its webhook is being changed"
TOO_MANY = "the answer has too many requests already"


class Explainer:
    """Explains events by the newest configuration that is known here."""

    def __init__(self, accounts: Accounts, renderer: Renderer, rehearser: Rehearser, clock: Clock) -> None:
        self._accounts = accounts
        self._renderer = renderer
        self._rehearser = rehearser
        self._clock = clock

    async def explain(self, event: Event) -> pb.ExplainResponse:
        """What ``event`` would fire and move, and why not more.

        Raises:
            StoreFailed: the configuration, or what is remembered, cannot be read.
        """
        response = pb.ExplainResponse(event=event_message(event))
        config = await self._accounts.account(event.account_id)
        if config is None:
            response.unmatched_reason = NO_ACCOUNT
            return response
        now = self._clock.now()
        matched, response.unmatched_reason = match(event, config)
        found = _Found()
        found.fire(event, matched)
        await self._ask(found, event, config, now)
        await self._rehearse(found, ExplainedSteps(response, config, now), event, config, now)
        for trigger, reason in _resting(config):
            found.told.add(trigger.key)
            found.quiet(trigger, reason)
        await self._fires(response, found.fires, config, now)
        for trigger, reason in found.not_fired:
            name = delivery_pb2.FiredBy(source=trigger.source, id=trigger.key.id)
            response.not_fired.add(trigger=name, reason=reason)
        for trigger, reason in unconcerned(event, config, found.told):
            if len(response.unconcerned) < MOST_SHOWN:
                name = delivery_pb2.FiredBy(source=trigger.source, id=trigger.key.id)
                response.unconcerned.add(trigger=name, reason=reason)
            else:
                found.left_out += 1
        response.left_out = found.left_out
        return response

    async def _ask(self, found: _Found, event: Event, config: AccountConfig, now: int) -> None:
        for each in ask(event, config, now):
            found.told.add(each.trigger.key)
            found.fire(event, each.firings)
            if each.why_not or not each.firings:
                found.quiet(each.trigger, each.why_not or DOES_NOT_FIRE)
            await asyncio.sleep(0)  # others have their turn between triggers, which may take their time

    async def _rehearse(
        self, found: _Found, steps: ExplainedSteps, event: Event, config: AccountConfig, now: int
    ) -> None:
        async for each in self._rehearser.rehearse(event, config, now):
            found.told.add(each.trigger.key)
            for cause in each.stepped.causes if each.stepped else ():
                found.fire(cause.intake.event, [keyed.firing for keyed in cause.firings])
            if each.quiet:
                found.quiet(each.trigger, each.why or DOES_NOTHING)
            elif not steps.add(each, MOST_SHOWN):
                found.left_out += 1
            await asyncio.sleep(0)

    async def _fires(
        self, response: pb.ExplainResponse, fires: Iterable[tuple[Event, Firing]], config: AccountConfig, now: int
    ) -> None:
        room = BODIES_BYTES
        for number, (event, firing) in enumerate(fires):
            shown = response.fires.add(
                fired_by=fired_by(firing.fired_by, firing.target), target=target_ref(firing.target)
            )
            if number >= MOST_REQUESTS or room <= 0:
                shown.unrendered_reason = TOO_MANY
                continue
            await asyncio.sleep(0)  # others have their turn between requests
            settings = config.targets.get(firing.target)
            if settings is None:
                shown.unrendered_reason = CHANGING
                continue
            apart = self._renderer.apart(settings, settings)
            rendered = await self._renderer.request_of(apart, MESSAGE_ID, event, settings, settings, now)
            if isinstance(rendered, NotRendered):
                shown.unrendered_reason = rendered.reason
            else:
                _show(shown, rendered)
                room -= len(shown.request.body)


@dataclass(slots=True)
class _Found:
    """What is shown, as much as is shown of it, and how much more there was."""

    fires: list[tuple[Event, Firing]] = field(default_factory=list)
    not_fired: list[tuple[Trigger, str]] = field(default_factory=list)
    left_out: int = 0
    told: set[TriggerKey] = field(default_factory=set)

    def fire(self, event: Event, firings: Sequence[Firing]) -> None:
        """These fire with an event."""
        room = MOST_SHOWN - len(self.fires)
        self.fires += [(event, firing) for firing in firings[:room]]
        self.left_out += max(0, len(firings) - room)

    def quiet(self, trigger: Trigger, reason: str) -> None:
        """This one does nothing."""
        if len(self.not_fired) < MOST_SHOWN:
            self.not_fired.append((trigger, reason))
        else:
            self.left_out += 1


def _resting(config: AccountConfig) -> Iterator[tuple[Trigger, str]]:
    """Triggers that no event is told to, since they have a fault or want none."""
    for _, trigger in sorted(config.triggers.items()):
        if trigger.fault or not (trigger.interests or trigger.enters or trigger.watches):
            paused = getattr(trigger.stateful or trigger.compiled, "paused", False)
            yield trigger, trigger.fault or (PAUSED if paused else AT_REST)


def _show(shown: pb.ExplainedFiring, rendered: Rendered) -> None:
    body = rendered.outgoing.body
    headers = [delivery_pb2.HttpHeader(name=name, value=value) for name, value in read_block(rendered.log_headers)]
    method = rendered.outgoing.method.decode("ascii")
    request = delivery_pb2.AttemptRequest(method=method, url=rendered.url, headers=headers, body=body[:BODY_BYTES])
    shown.request.CopyFrom(request)
    shown.body_cut = len(body) > BODY_BYTES
