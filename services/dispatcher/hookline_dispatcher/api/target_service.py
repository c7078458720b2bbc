"""TargetService: the health of targets, their switch, and tests. Every subscription and every webhook is a target.

Messages come parsed and valid by their protos' rules. A target that its account does not have is not found, once what
the registry may have just been told has had the time to arrive here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from hookline.dispatcher.v1 import delivery_pb2, target_service_pb2_grpc
from hookline.dispatcher.v1 import target_service_pb2 as pb

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.targets import SUBSCRIPTION, TargetSettings
from hookline_dispatcher.core.lane import LanePolicy, Switch
from hookline_dispatcher.delivery.send_test import Tester
from hookline_dispatcher.store.model import StoredAttempt, StoredTarget, TargetKey
from hookline_runtime.access import account_of, current_principal
from hookline_runtime.clock import Clock
from hookline_runtime.errors import InvalidArgument, NotFound, Violation
from hookline_runtime.paging import UNREADABLE, decode_token, encode_token, page_size

from . import wire_deliveries as wire
from .plan import Accounts, require_covered
from .sample_event import sample_event
from .store_errors import store_in_use
from .wire_events import publication

BY_HAND = "by hand"
PATIENCE_SECONDS = 0.25
"""How long a target that is not known is waited for: one that was just made is on its way from the registry."""
LOOK_SECONDS = 0.01


class Lanes(Protocol):
    """The store, as far as it is needed here."""

    async def switch(
        self, target: TargetKey, switch: Switch, reason: str, policy: LanePolicy | None = None
    ) -> StoredTarget:
        """Pauses, resumes or switches off; ``policy`` is what a target that nothing was fired at begins with."""

    async def target(self, target: TargetKey) -> StoredTarget | None:
        """One lane; None while nothing was ever sent there."""

    async def keep_note(self) -> None:
        """Commits the note of the call under way."""


class TargetService(target_service_pb2_grpc.TargetServiceServicer):
    """Shows targets and switches them.

    Args:
        lanes: Where their lanes are.
        accounts: Where their settings are.
        tester: Sends tests.
        switched: Called after a switch was committed.
        clock: The time.
    """

    def __init__(
        self, lanes: Lanes, accounts: Accounts, tester: Tester, switched: Callable[[], None], clock: Clock
    ) -> None:
        self._lanes = lanes
        self._accounts = accounts
        self._tester = tester
        self._switched = switched
        self._clock = clock

    async def GetTarget(self, request: pb.GetTargetRequest, context: Any) -> pb.GetTargetResponse:
        """Shows one target."""
        with store_in_use():
            _, settings = await self._found(account_of(request.account_id), request.target)
            stored = await self._lanes.target(settings.key)
        return pb.GetTargetResponse(target=wire.target(settings, stored))

    async def ListTargets(self, request: pb.ListTargetsRequest, context: Any) -> pb.ListTargetsResponse:
        """Shows a page of targets by kind and id."""
        account_id = account_of(request.account_id)
        fields = {"list": "targets", "account": account_id}
        after = _after(account_id, request.page_token, fields)
        size = page_size(request.page_size)
        with store_in_use():
            config = await self._accounts.account(account_id)
            found = sorted(key for key in (config.targets if config else {}) if key > after)
            page = [wire.target(config.targets[key], await self._lanes.target(key)) for key in found[:size] if config]
        last = found[size - 1] if len(found) > size else None
        token = encode_token(fields, [last.kind, last.id]) if last else ""
        return pb.ListTargetsResponse(targets=page, next_page_token=token)

    async def PauseTarget(self, request: pb.PauseTargetRequest, context: Any) -> pb.PauseTargetResponse:
        """Lets deliveries accumulate."""
        target = await self._switch(request.account_id, request.target, Switch.PAUSED, request.reason or BY_HAND)
        return pb.PauseTargetResponse(target=target)

    async def ResumeTarget(self, request: pb.ResumeTargetRequest, context: Any) -> pb.ResumeTargetResponse:
        """Sends again."""
        target = await self._switch(request.account_id, request.target, Switch.ACTIVE, "")
        return pb.ResumeTargetResponse(target=target)

    async def DisableTarget(self, request: pb.DisableTargetRequest, context: Any) -> pb.DisableTargetResponse:
        """Switches a target off."""
        target = await self._switch(request.account_id, request.target, Switch.OFF, request.reason or BY_HAND)
        return pb.DisableTargetResponse(target=target)

    async def SendTest(self, request: pb.SendTestRequest, context: Any) -> pb.SendTestResponse:
        """Sends one request at once and shows what came of it."""
        account_id = account_of(request.account_id)
        with store_in_use():
            config, settings = await self._found(account_id, request.target)
        if request.HasField("event"):
            request.event.account_id = request.event.account_id or account_id
            now = self._clock.now()
            event = publication(request.event, "event", current_principal(), now, checked=True).event
            if event.account_id != account_id:
                raise InvalidArgument(Violation("event.account_id", "must be the account of the request, or 0"))
        else:
            event = sample_event(settings, self._clock.now())
        if settings.key.kind == SUBSCRIPTION:
            require_covered(config, event.type, event.object_type_id)
        with store_in_use():
            await self._lanes.keep_note()  # what is sent cannot be taken back
        record = await self._tester.send(settings, event)
        shown = StoredAttempt(seq=0, delivery_id=0, number=1, record=record)
        return pb.SendTestResponse(attempt=wire.attempt(shown, wire.warnings(settings)))

    async def _switch(self, requested: int, ref: delivery_pb2.TargetRef, switch: Switch, reason: str) -> pb.Target:
        with store_in_use():
            _, settings = await self._found(account_of(requested), ref)
            stored = await self._lanes.switch(settings.key, switch, reason, settings.policy)
        self._switched()
        return wire.target(settings, stored)

    async def _found(self, account_id: int, ref: delivery_pb2.TargetRef) -> tuple[AccountConfig, TargetSettings]:
        key = wire.target_key(account_id, ref)
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS
        while True:
            config = await self._accounts.account(account_id)
            if config is not None and (settings := config.targets.get(key)):
                return config, settings
            if loop.time() >= until:
                raise NotFound("no such target", metadata={"kind": str(ref.kind), "id": str(ref.id)})
            await asyncio.sleep(LOOK_SECONDS)


def _after(account_id: int, token: str, fields: dict[str, object]) -> TargetKey:
    key = decode_token(token, fields)
    if key is None:
        return TargetKey(account_id, 0, 0)
    match key:
        case [int(kind), int(id_)]:
            return TargetKey(account_id, kind, id_)
    raise InvalidArgument(Violation("page_token", UNREADABLE))
