"""DeliveryService: deliveries and attempts, shown, repeated, cancelled and watched.

Messages come parsed and valid by their protos' rules. Every look-up carries the account: what belongs to another one
is not found.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2_grpc
from hookline.dispatcher.v1 import delivery_service_pb2 as pb

from hookline_dispatcher.config.targets import SUBSCRIPTION
from hookline_dispatcher.core.delivery import IllegalStep, State, TargetDeleted
from hookline_dispatcher.core.fired_by import FiredBy
from hookline_dispatcher.store.model import DeliveryFilter, StoredDelivery, TargetKey
from hookline_dispatcher.store.protocol import Store
from hookline_runtime.access import KeyFinder, account_of, current_principal
from hookline_runtime.clock import Clock
from hookline_runtime.draining import until_draining
from hookline_runtime.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, status_of
from hookline_runtime.paging import UNREADABLE, decode_token, encode_token, page_size
from hookline_runtime.times import micros_of

from . import wire_deliveries as wire
from .attempts_view import AttemptsView
from .live_key import while_live
from .plan import Accounts, require_covered
from .store_errors import store_in_use
from .watch import WatchHub

TOGETHER = 100
"""How many redeliveries of a batch share a commit."""


class DeliveryService(delivery_service_pb2_grpc.DeliveryServiceServicer):
    """Shows deliveries and does them again.

    Args:
        store: Where they are.
        view: Reads attempts.
        hub: Serves watchers.
        accounts: Where an account's plan is found.
        keys: Where the key of a long stream is looked up again.
        clock: The time.
        draining: Set when long streams are to end.
    """

    def __init__(
        self,
        store: Store,
        view: AttemptsView,
        hub: WatchHub,
        accounts: Accounts,
        keys: KeyFinder,
        clock: Clock,
        draining: asyncio.Event,
    ) -> None:
        self._store = store
        self._view = view
        self._hub = hub
        self._accounts = accounts
        self._keys = keys
        self._clock = clock
        self._draining = draining

    async def GetDelivery(self, request: pb.GetDeliveryRequest, context: Any) -> pb.GetDeliveryResponse:
        """Shows one delivery."""
        with store_in_use():
            stored = await self._delivery(account_of(request.account_id), request.id)
        return pb.GetDeliveryResponse(delivery=wire.delivery(stored, self._store.installation))

    async def ListDeliveries(self, request: pb.ListDeliveriesRequest, context: Any) -> pb.ListDeliveriesResponse:
        """Shows a page of deliveries, the newest first."""
        account_id = account_of(request.account_id)
        which = _filter(account_id, request)
        fields = _fields(account_id, which)
        size = page_size(request.page_size)
        before = _key(request.page_token, fields)
        with store_in_use():
            if which.text:
                which = replace(which, text_targets=await self._targets_with(account_id, which.text))
            page = await self._store.deliveries(account_id, which, before, size)
        return pb.ListDeliveriesResponse(
            deliveries=[wire.delivery(each, self._store.installation) for each in page.deliveries],
            next_page_token=encode_token(fields, [page.next_before]) if page.next_before else "",
            searched_back_time=wire.timestamp(page.searched_time),
        )

    async def _targets_with(self, account_id: int, text: str) -> tuple[TargetKey, ...]:
        """The targets within whose URL a text stands."""
        config = await self._accounts.account(account_id)
        lower = text.lower()
        return tuple(key for key, each in (config.targets if config else {}).items() if lower in each.url.lower())

    async def ListAttempts(self, request: pb.ListAttemptsRequest, context: Any) -> pb.ListAttemptsResponse:
        """Shows a page of attempts by number; one that is under way is not among them."""
        account_id = account_of(request.account_id)
        fields = {"list": "attempts", "account": account_id, "delivery": request.delivery_id}
        after = _key(request.page_token, fields)
        with store_in_use():
            delivery = await self._delivery(account_id, request.delivery_id)
            page, more = await self._view.page(delivery, after, page_size(request.page_size))
            warnings = wire.warnings(await self._view.fired_by_settings(delivery))
        token = encode_token(fields, [page[-1].number]) if more else ""
        shown = [wire.attempt(each, warnings) for each in page]
        return pb.ListAttemptsResponse(attempts=shown, next_page_token=token)

    async def GetAttempt(self, request: pb.GetAttemptRequest, context: Any) -> pb.GetAttemptResponse:
        """Shows one attempt once it has come to something."""
        with store_in_use():
            delivery = await self._delivery(account_of(request.account_id), request.delivery_id)
            found = await self._view.one(delivery, request.number)
            warnings = wire.warnings(await self._view.fired_by_settings(delivery))
        if found is None:
            raise NotFound("no such attempt", metadata={"number": str(request.number)})
        return pb.GetAttemptResponse(attempt=wire.attempt(found, warnings))

    async def Redeliver(self, request: pb.RedeliverRequest, context: Any) -> pb.RedeliverResponse:
        """Sends a settled delivery again."""
        new = await self._again(account_of(request.account_id), request.id, request.request_id)
        return pb.RedeliverResponse(delivery=new)

    async def BatchRedeliver(self, request: pb.BatchRedeliverRequest, context: Any) -> pb.BatchRedeliverResponse:
        """Sends settled deliveries again, each by itself."""
        account_id = account_of(request.account_id)
        results: list[pb.RedeliverResult] = []
        for start in range(0, len(request.ids), TOGETHER):
            step = request.ids[start : start + TOGETHER]
            results += await asyncio.gather(*(self._result(account_id, id_, request.request_id) for id_ in step))
        return pb.BatchRedeliverResponse(results=results)

    async def _result(self, account_id: int, delivery_id: int, request_id: str) -> pb.RedeliverResult:
        try:
            new = await self._again(account_id, delivery_id, request_id)
        except (NotFound, FailedPrecondition) as error:
            return pb.RedeliverResult(id=delivery_id, error=status_of(error))
        return pb.RedeliverResult(id=delivery_id, delivery=new)

    async def _again(self, account_id: int, delivery_id: int, request_id: str) -> delivery_pb2.Delivery:
        try:
            with store_in_use():
                if config := await self._accounts.account(account_id):
                    old = await self._delivery(account_id, delivery_id)
                    if old.target.kind == SUBSCRIPTION:
                        require_covered(config, old.event_type, old.object_type_id)
                new = await self._store.redeliver(account_id, delivery_id, request_id)
        except TargetDeleted:
            raise FailedPrecondition(
                "what the delivery was for has been deleted, so there is nothing to send it to", reason="TARGET_DELETED"
            ) from None
        except IllegalStep:
            raise FailedPrecondition(
                "the delivery is still pending, so it cannot be redelivered", reason="DELIVERY_PENDING"
            ) from None
        if new is None:
            raise _no_delivery(delivery_id)
        return wire.delivery(new, self._store.installation)

    async def RedeliverSince(self, request: pb.RedeliverSinceRequest, context: Any) -> pb.RedeliverSinceResponse:
        """Sends failures again, but for those that the account's plan does not have or whose target was deleted."""
        account_id = account_of(request.account_id)
        target = wire.target_key(account_id, request.target) if request.HasField("target") else None
        since_time = micros_of("since_time", request.since_time)
        with store_in_use():
            config = await self._accounts.account(account_id)
            covers = config.covers if config else None
            number = await self._store.redeliver_since(
                account_id, since_time, target, request.include_delivered, request.dry_run, covers
            )
        return pb.RedeliverSinceResponse(redelivered=number)

    async def Cancel(self, request: pb.CancelRequest, context: Any) -> pb.CancelResponse:
        """Cancels a delivery."""
        try:
            with store_in_use():
                stored = await self._store.cancel(account_of(request.account_id), request.id)
        except IllegalStep:
            raise FailedPrecondition(
                "the delivery is settled, so it cannot be cancelled", reason="DELIVERY_SETTLED"
            ) from None
        if stored is None:
            raise _no_delivery(request.id)
        self._hub.wake()
        return pb.CancelResponse(delivery=wire.delivery(stored, self._store.installation))

    async def Watch(self, request: pb.WatchRequest, context: Any) -> AsyncIterator[pb.WatchResponse]:
        """Sends outcomes as they are committed; ends with UNAVAILABLE when the server drains."""
        account_id = account_of(request.account_id)
        target = wire.target_key(account_id, request.target) if request.HasField("target") else None
        with store_in_use():
            outcomes = self._hub.watch(account_id, target, request.resume_token)
            async with (
                while_live(current_principal(), self._keys, self._clock) as dead,
                aclosing(outcomes),
                aclosing(until_draining(outcomes, self._draining, dead)) as responses,
            ):
                async for response in responses:
                    yield response

    async def _delivery(self, account_id: int, delivery_id: int) -> StoredDelivery:
        stored = await self._store.delivery(account_id, delivery_id)
        if stored is None:
            raise _no_delivery(delivery_id)
        return stored


def _no_delivery(delivery_id: int) -> NotFound:
    return NotFound("no such delivery", metadata={"id": str(delivery_id)})


def _filter(account_id: int, request: pb.ListDeliveriesRequest) -> DeliveryFilter:
    return DeliveryFilter(
        states=tuple(sorted({State(state) for state in request.states})),
        retrying=request.retrying,
        target=wire.target_key(account_id, request.target) if request.HasField("target") else None,
        event_id=request.event_id,
        event_type=request.event_type,
        object_type_id=request.object_type_id if request.HasField("object_type_id") else None,
        object_id=request.object_id,
        since_time=micros_of("since_time", request.since_time),
        until_time=micros_of("until_time", request.until_time),
        target_kind=request.target_kind,
        fired_by=_fired_by(request.fired_by) if request.HasField("fired_by") else "",
        text=request.text,
    )


def _fields(account_id: int, which: DeliveryFilter) -> dict[str, object]:
    times = [which.since_time, which.until_time]
    texts = [which.event_id, which.event_type, which.object_type_id, which.object_id]
    chosen = [list(which.states), list(which.target or ()), texts, times]
    kind = {"kind": which.target_kind} if which.target_kind else {}
    firer = {"fired_by": which.fired_by} if which.fired_by else {}
    text = {"text": which.text} if which.text else {}
    retrying = {"retrying": True} if which.retrying else {}
    return {"list": "deliveries", "account": account_id, "filter": chosen, **kind, **firer, **text, **retrying}


def _fired_by(message: delivery_pb2.FiredBy) -> str:
    return str(FiredBy(message.source, message.id, message.element))


def _key(token: str, fields: Mapping[str, object]) -> int:
    key = decode_token(token, fields)
    if key is None:
        return 0
    if len(key) != 1 or not isinstance(key[0], int):
        raise InvalidArgument(Violation("page_token", UNREADABLE))
    return key[0]
