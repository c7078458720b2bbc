"""Subscriptions as records: those of the registry, with what the dispatcher knows of their last attempts."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence

from hookline.registry.v1 import subscription_pb2 as pb
from hookline.registry.v1 import subscription_pb2_grpc

from hookline_gateway.calls import Calls
from hookline_gateway.ontraport import last_attempts
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.conditions import Record
from hookline_gateway.ontraport.last_attempts import LastAttempts
from hookline_gateway.ontraport.options import written

STEP = 1000
MOST_KEPT = 2000


class Settings:
    """What subscriptions show of their own, of so many that were asked for last; each change has its own etag."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[int, int, str], Record] = OrderedDict()

    def of(self, account_id: int, subscription: pb.Subscription) -> Record:
        """The fields that are not of its last attempt; not to be changed."""
        key = account_id, subscription.id, subscription.etag
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = _settings(subscription)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


class Subscriptions:
    """The subscriptions of who calls, by id; ``stub`` is the registry's."""

    def __init__(
        self,
        calls: Calls,
        stub: subscription_pb2_grpc.SubscriptionServiceAsyncStub,
        attempts: LastAttempts,
        settings: Settings,
        caller: Caller,
    ) -> None:
        self._calls = calls
        self._stub = stub
        self._attempts = attempts
        self._settings = settings
        self._caller = caller

    async def page(self, ids: Sequence[int] | None, skip: int, size: int, fields: frozenset[str]) -> list[Record]:
        """Records by id."""
        found: list[pb.Subscription] = []
        request = pb.ListSubscriptionsRequest(ids=ids or (), skip=skip)
        while True:
            request.page_size = size - len(found)
            answer = await self._list(request)
            found += answer.subscriptions
            if len(found) >= size or not answer.next_page_token:
                return await self._records(found, fields)
            request.skip, request.page_token = 0, answer.next_page_token  # a page of large ones ends early

    async def walk(self, ids: Sequence[int] | None, fields: frozenset[str]) -> AsyncIterator[Record]:
        """All of them by id, each with the fields that are asked for."""
        request = pb.ListSubscriptionsRequest(ids=ids or (), page_size=STEP)
        while True:
            answer = await self._list(request)
            for record in await self._records(answer.subscriptions, fields):
                yield {name: record[name] for name in fields}
            if not answer.next_page_token:
                return
            request.page_token = answer.next_page_token

    async def count(self, ids: Sequence[int] | None) -> int:
        """How many there are."""
        answer = await self._list(pb.ListSubscriptionsRequest(ids=ids or (), page_size=1, count=True))
        return int(answer.total_size)

    async def _list(self, request: pb.ListSubscriptionsRequest) -> pb.ListSubscriptionsResponse:
        answer: pb.ListSubscriptionsResponse = await self._calls.registry(
            self._stub.ListSubscriptions, request, self._caller.metadata
        )
        return answer

    async def _records(self, found: Sequence[pb.Subscription], fields: frozenset[str]) -> list[Record]:
        attempts: dict[int, Record] = {}
        if found and fields & last_attempts.FIELDS:
            ids = [each.id for each in found]
            attempts = await self._attempts.of(self._caller, ids, payloads="last_payload" in fields)
        account_id, never = self._caller.account_id, last_attempts.NEVER
        return [{**self._settings.of(account_id, each), **attempts.get(each.id, never)} for each in found]


def record(subscription: pb.Subscription, last: Record = last_attempts.NEVER) -> Record:
    """A subscription as this API shows it: every value is a text, or null."""
    return {**_settings(subscription), **last}


def _settings(subscription: pb.Subscription) -> Record:
    return {
        "id": str(subscription.id),
        "event": subscription.event,
        "data": written(subscription),
        "url": subscription.url,
    }
