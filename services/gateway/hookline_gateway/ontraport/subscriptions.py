"""Subscriptions as records: those of the registry, with what the dispatcher knows of their last attempts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from hookline.registry.v1 import subscription_pb2 as pb

from hookline_gateway.calls import Calls, Method
from hookline_gateway.ontraport import last_attempts
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.conditions import Record
from hookline_gateway.ontraport.kept import Kept
from hookline_gateway.ontraport.last_attempts import AT_ONCE, LastAttempts
from hookline_gateway.ontraport.subscription_pages import Page, Pages, settings

STEP = 1000
MOST_CHARACTERS = 16 * 1024 * 1024

_LIST = "/hookline.registry.v1.SubscriptionService/ListSubscriptions"
_Answered = tuple[Page, int, bytes, bool]


class Subscribed:
    """The subscriptions of all accounts, and what was made of the answers of the services for as long as these last."""

    def __init__(self, calls: Calls, attempts: LastAttempts) -> None:
        self.calls = calls
        # Answers come as bytes: most are the same as before, and then what was read of them is found by their bytes.
        self.list: Method[pb.ListSubscriptionsRequest, bytes] = calls.backends.registry.unary_unary(
            _LIST, pb.ListSubscriptionsRequest.SerializeToString
        )
        self.pages = Pages()
        self._attempts = attempts
        self._kept: Kept[_Answered, tuple[Record, ...]] = Kept(_weight, MOST_CHARACTERS)

    async def records(self, caller: Caller, page: Page, *, attempts: bool, payloads: bool) -> Sequence[Record]:
        """The records of a page; those of ``last_attempts.FIELDS`` are right where they are asked for."""
        if not attempts:
            return [{**each, **last_attempts.NEVER} for each in page.settings]
        found: list[Record] = []
        for start in range(0, len(page.ids), AT_ONCE):
            found += await self._some(caller, page, start, payloads)
        return found

    async def _some(self, caller: Caller, page: Page, start: int, payloads: bool) -> Sequence[Record]:
        places = slice(start, start + AT_ONCE)
        ids = page.ids[places]
        answer = await self._attempts.ask(caller, ids)
        key = page, start, answer, payloads
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        told = await self._attempts.read(caller, answer, payloads=payloads)
        never = last_attempts.NEVER
        pairs = zip(ids, page.settings[places], strict=True)
        made = tuple({**of_registry, **told.records.get(id_, never)} for id_, of_registry in pairs)
        return self._kept.keep(key, made) if told.whole else made


class Subscriptions:
    """The subscriptions of who calls, by id."""

    def __init__(self, subscribed: Subscribed, caller: Caller) -> None:
        self._subscribed = subscribed
        self._caller = caller

    async def page(self, ids: Sequence[int] | None, skip: int, size: int, fields: frozenset[str]) -> Sequence[Record]:
        """Records by id."""
        request = pb.ListSubscriptionsRequest(ids=ids or (), skip=skip, page_size=size)
        page = await self._page(request)
        found = await self._records(page, fields)
        while len(found) < size and page.next_token:  # a page of large ones ends early
            request.skip, request.page_token, request.page_size = 0, page.next_token, size - len(found)
            page = await self._page(request)
            found = [*found, *await self._records(page, fields)]
        return found

    async def walk(self, ids: Sequence[int] | None, fields: frozenset[str]) -> AsyncIterator[Record]:
        """All of them by id, each with the fields that are asked for."""
        request = pb.ListSubscriptionsRequest(ids=ids or (), page_size=STEP)
        while True:
            page = await self._page(request)
            for record in await self._records(page, fields):
                yield {name: record[name] for name in fields}
            if not page.next_token:
                return
            request.page_token = page.next_token

    async def count(self, ids: Sequence[int] | None) -> int:
        """How many there are."""
        answer = await self._ask(pb.ListSubscriptionsRequest(ids=ids or (), page_size=1, count=True))
        return int(pb.ListSubscriptionsResponse.FromString(answer).total_size)

    async def _page(self, request: pb.ListSubscriptionsRequest) -> Page:
        return self._subscribed.pages.of(self._caller.account_id, await self._ask(request))

    async def _ask(self, request: pb.ListSubscriptionsRequest) -> bytes:
        answer: bytes = await self._subscribed.calls.registry(self._subscribed.list, request, self._caller.metadata)
        return answer

    async def _records(self, page: Page, fields: frozenset[str]) -> Sequence[Record]:
        attempts = bool(fields & last_attempts.FIELDS)
        return await self._subscribed.records(self._caller, page, attempts=attempts, payloads="last_payload" in fields)


def record(subscription: pb.Subscription) -> Record:
    """A subscription to which nothing was sent, as this API shows it: every value is a text, or null."""
    return {**settings(subscription), **last_attempts.NEVER}


def _weight(answered: _Answered, records: tuple[Record, ...]) -> int:
    return len(answered[2]) + sum(map(last_attempts.size, records))
