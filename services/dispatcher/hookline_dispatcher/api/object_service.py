"""ObjectService: what is remembered of one object, shown and erased.

Messages come parsed and valid by their protos' rules. Every look-up carries the account: another one's objects do not
exist for it.
"""

from __future__ import annotations

from typing import Any, Protocol

from hookline.dispatcher.v1 import delivery_pb2, object_service_pb2_grpc
from hookline.dispatcher.v1 import object_service_pb2 as pb

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import Trigger, TriggerKey
from hookline_dispatcher.store.objects import Objects, Standing
from hookline_dispatcher.store.routing import NO_OBJECT, ObjectKey, Routing
from hookline_runtime.access import account_of
from hookline_runtime.errors import NotFound

from .plan import Accounts
from .store_errors import store_in_use
from .wire_definitions import LAST_TIME, source_of
from .wire_deliveries import timestamp

MOST_PLACES = 1000


class Kept(Objects, Routing, Protocol):
    """The store, as far as it is needed here."""


class ObjectService(object_service_pb2_grpc.ObjectServiceServicer):
    """Shows and erases objects.

    Args:
        kept: Where they are.
        accounts: Where definitions are found.
    """

    def __init__(self, kept: Kept, accounts: Accounts) -> None:
        self._kept = kept
        self._accounts = accounts

    async def GetObject(self, request: pb.GetObjectRequest, context: Any) -> pb.GetObjectResponse:
        """Shows the state of one object, and where it stands."""
        key = ObjectKey(account_of(request.account_id), request.object_type_id, request.object_id)
        with store_in_use():
            state = (await self._kept.objects([key])).get(key)
            standings = await self._kept.standings(key, MOST_PLACES)
            config = await self._accounts.account(key.account_id)
        if state is None and not standings:
            raise NotFound("nothing is remembered of such an object", metadata={"object_id": key.object_id})
        state = state or NO_OBJECT
        shown = pb.Object(
            object_type_id=key.object_type_id,
            object_id=key.object_id,
            version=state.version,
            data=state.data or b"{}",
            tags=state.tags,
            places=[_place(each, config) for each in standings],
        )
        return pb.GetObjectResponse(object=shown)

    async def EraseObject(self, request: pb.EraseObjectRequest, context: Any) -> pb.EraseObjectResponse:
        """Erases what is remembered of one object."""
        key = ObjectKey(account_of(request.account_id), request.object_type_id, request.object_id)
        with store_in_use():
            erased = await self._kept.erase(key)
        return pb.EraseObjectResponse(**erased._asdict())


def _place(standing: Standing, config: AccountConfig | None) -> pb.ObjectPlace:
    post = standing.post
    trigger = config.stepping(TriggerKey(post.kind, post.id)) if config else None
    return pb.ObjectPlace(
        trigger=delivery_pb2.FiredBy(source=trigger.source if trigger else source_of(post.kind), id=post.id),
        elements=standing.elements,
        until_time=timestamp(min(standing.due_time, LAST_TIME)),
        held=bool(standing.due_time) and (standing.held or at_rest(trigger)),
        waiting=standing.waiting,
        set_aside=standing.aside,
    )


def at_rest(trigger: Trigger | None) -> bool:
    """Whether a definition is not woken by its timers: one with a memory of its own that is paused wants no events."""
    if trigger is None or trigger.stateful is None:
        return True
    return trigger.settled.paused if trigger.settled else not (trigger.enters or trigger.watches)
