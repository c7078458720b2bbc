"""What an event would fire if it were published now: routed and rendered as ever, nothing is stored or sent.

A rendered request has everything of a real one but its id and time, and its signature is masked. What is shown is
bounded: so many firings, so many requests, so many bytes of bodies.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from hookline.dispatcher.v1 import delivery_pb2
from hookline.dispatcher.v1 import event_service_pb2 as pb

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.delivery.body import NotRendered
from hookline_dispatcher.delivery.headers import read_block
from hookline_dispatcher.delivery.rendering import Rendered, Renderer
from hookline_dispatcher.ingest.asking import Asked, ask
from hookline_dispatcher.ingest.routing import match
from hookline_dispatcher.store.model import Firing
from hookline_runtime.clock import Clock

from .plan import Accounts
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
TOO_MANY = "the answer has too many requests already"


class Explainer:
    """Explains events by the newest configuration that is known here."""

    def __init__(self, accounts: Accounts, renderer: Renderer, clock: Clock) -> None:
        self._accounts = accounts
        self._renderer = renderer
        self._clock = clock

    async def explain(self, event: Event) -> pb.ExplainResponse:
        """What ``event`` would fire, and why not more.

        Raises:
            StoreFailed: the configuration cannot be read.
        """
        response = pb.ExplainResponse(event=event_message(event))
        config = await self._accounts.account(event.account_id)
        if config is None:
            response.unmatched_reason = NO_ACCOUNT
            return response
        now = self._clock.now()
        firings, response.unmatched_reason = match(event, config)
        asked = []
        for each in ask(event, config, now):
            asked.append(each)
            await asyncio.sleep(0)  # others have their turn between triggers, which may take their time
        firings += tuple([firing for each in asked for firing in each.firings])
        quiet = [each for each in asked if each.why_not or not each.firings]
        await self._fires(response, event, config, firings[:MOST_SHOWN], now)
        _not_fired(response, quiet[:MOST_SHOWN])
        response.left_out = max(0, len(firings) - MOST_SHOWN) + max(0, len(quiet) - MOST_SHOWN)
        return response

    async def _fires(
        self, response: pb.ExplainResponse, event: Event, config: AccountConfig, firings: Iterable[Firing], now: int
    ) -> None:
        room = BODIES_BYTES
        for number, firing in enumerate(firings):
            shown = response.fires.add(
                fired_by=fired_by(firing.fired_by, firing.target), target=target_ref(firing.target)
            )
            if number >= MOST_REQUESTS or room <= 0:
                shown.unrendered_reason = TOO_MANY
                continue
            await asyncio.sleep(0)  # others have their turn between requests
            settings = config.targets[firing.target]
            rendered = self._renderer.request(MESSAGE_ID, event, settings, settings, now)
            if isinstance(rendered, NotRendered):
                shown.unrendered_reason = rendered.reason
            else:
                _show(shown, rendered)
                room -= len(shown.request.body)


def _show(shown: pb.ExplainedFiring, rendered: Rendered) -> None:
    body = rendered.outgoing.body
    headers = [delivery_pb2.HttpHeader(name=name, value=value) for name, value in read_block(rendered.log_headers)]
    method = rendered.outgoing.method.decode("ascii")
    request = delivery_pb2.AttemptRequest(method=method, url=rendered.url, headers=headers, body=body[:BODY_BYTES])
    shown.request.CopyFrom(request)
    shown.body_cut = len(body) > BODY_BYTES


def _not_fired(response: pb.ExplainResponse, quiet: Iterable[Asked]) -> None:
    for each in quiet:
        trigger = delivery_pb2.FiredBy(source=each.trigger.source, id=each.trigger.key.id)
        response.not_fired.add(trigger=trigger, reason=each.why_not or "it does not fire")
