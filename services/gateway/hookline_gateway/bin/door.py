"""What is done at each path of a bin: the few that are reserved, and everywhere else requests are received."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import orjson
from starlette.requests import Request
from starlette.responses import Response

from hookline_gateway.answers import failure_document, json_answer
from hookline_gateway.bin import asked, places
from hookline_gateway.bin.arriving import arrival_of
from hookline_gateway.bin.model import Bin
from hookline_gateway.bin.owners import Owners
from hookline_gateway.bin.showing import bin_document, request_document
from hookline_gateway.bin.store import BinStore
from hookline_gateway.bodies import BodyLimits
from hookline_gateway.crowd import Crowd
from hookline_gateway.json_api.beside import beside
from hookline_gateway.json_api.event_stream import EventStream, numbered_event, status_event
from hookline_gateway.refusals import BodyTooSlow, NoSuchMethod
from hookline_gateway.statuses import failure_of
from hookline_runtime.errors import HooklineError

Page: TypeAlias = Callable[[Request], Awaitable[Response]]
"""What a browser gets that opens a bin."""
_NO_STORE = {"cache-control": "no-store"}
_WITHOUT_BODY = frozenset({204, 205, 304})
_CHANGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class BinDoor:
    """Serves the bins of a store; ``reading`` bounds the bodies that are read, ``page`` is for browsers."""

    store: BinStore
    owners: Owners
    reading: BodyLimits
    draining: asyncio.Event
    public_url: str
    page: Page
    receiving: Crowd
    watchers: Crowd

    async def make(self, request: Request) -> Response:
        """``POST /bin``: a new bin of the caller's account."""
        account = await self.owners.caller(request)
        secret = asked.secret_in(await asked.fields(request, self._change(), asked.SECRET))
        made = await self.store.create(account, secret)
        return self._shown(request, made, 201)

    async def within(self, request: Request, bin_id: str, rest: str | None) -> Response:
        """Any request at a bin, or at a path below it."""
        if rest is None and places.is_navigation(request):
            return await self.page(request)  # which says in words where there is no such bin
        found = await self.store.find(bin_id)
        verbs = _RESERVED.get(rest)
        work = verbs.get(request.method) if verbs else None
        if work is not None:
            return await work(self, request, found)
        if verbs and rest is not None:
            allowed = ", ".join(verbs)
            raise NoSuchMethod(f"this path of a bin has {allowed}", headers={"allow": allowed})
        return await self.receive(request, found)

    async def receive(self, request: Request, found: Bin) -> Response:
        """Keeps the request and answers what the bin is told to."""
        with self.receiving.inside(found.id):
            now = self.store.clock.now()
            arrival = await arrival_of(request, found.secret, self.store.limits, self.reading, now)
            kept = await self.store.keep(found.id, arrival)
        # What was not read would be taken for the next request.
        headers = _NO_STORE if arrival.complete else _NO_STORE | {"connection": "close"}
        if not arrival.complete and arrival.size <= self.reading.most_bytes:
            raise BodyTooSlow(f"the body did not come within {self.reading.seconds:g} s", headers=headers)
        if found.status in _WITHOUT_BODY:
            return Response(status_code=found.status, headers=headers)
        return json_answer({"number": kept.number}, found.status, headers)

    async def list(self, request: Request, found: Bin) -> Response:
        """``GET …/requests``: a page of the requests, the newest first."""
        size, before = asked.page_in(request.query_params)
        shown = await self.store.before(found.id, before, size)
        more = bool(shown) and bool(await self.store.before(found.id, shown[-1].number, 1))
        document = {
            "bin": bin_document(found, places.url_of(request, found.id, self.public_url)),
            "requests": await beside(
                sum(len(each.arrival.body) for each in shown), lambda: [*map(request_document, shown)]
            ),
            "next_page_token": str(shown[-1].number) if more else "",
        }
        return json_answer(document, headers=_NO_STORE)

    async def watch(self, request: Request, found: Bin) -> Response:
        """``GET …/requests:watch``: each request as an event, when it comes."""
        place = asked.place_in(request)
        with self.watchers.inside(found.id):  # a refusal has to come before the stream begins
            pass
        return EventStream(self._events(found.id, place), self.draining)

    async def clear(self, request: Request, found: Bin) -> Response:
        """``DELETE …/requests``: lets go of every request."""
        await self.owners.must_own(request, found)
        await self.store.clear(found.id)
        return json_answer({}, headers=_NO_STORE)

    async def remove(self, request: Request, found: Bin) -> Response:
        """``DELETE /bin/{id}``: takes the bin away."""
        await self.owners.must_own(request, found)
        await self.store.delete(found.id)
        return json_answer({}, headers=_NO_STORE)

    async def set_secret(self, request: Request, found: Bin) -> Response:
        """``PUT …/secret``: by which secret signatures are checked."""
        await self.owners.must_own(request, found)
        secret = asked.secret_in(await asked.fields(request, self._change(), asked.SECRET))
        await self.store.set_secret(found, secret)
        return self._shown(request, await self.store.find(found.id))

    async def set_answer(self, request: Request, found: Bin) -> Response:
        """``PUT …/answer``: which status the bin answers."""
        await self.owners.must_own(request, found)
        status = asked.status_in(await asked.fields(request, self._change(), asked.STATUS))
        await self.store.set_status(found.id, status)
        return self._shown(request, await self.store.find(found.id))

    def _shown(self, request: Request, shown: Bin, http_status: int = 200) -> Response:
        url = places.url_of(request, shown.id, self.public_url)
        return json_answer(bin_document(shown, url), http_status, _NO_STORE)

    def _change(self) -> BodyLimits:
        return BodyLimits(_CHANGE, self.reading.seconds)

    async def _events(self, bin_id: str, place: int | None) -> AsyncIterator[bytes]:
        try:
            with self.watchers.inside(bin_id):
                async for kept in self.store.watch(bin_id, place):
                    yield numbered_event(kept.number, orjson.dumps(request_document(kept)))
        except HooklineError as error:
            yield status_event(orjson.dumps(failure_document(failure_of(error))))


_RESERVED: Mapping[str | None, Mapping[str, Callable[[BinDoor, Request, Bin], Awaitable[Response]]]] = {
    None: {"DELETE": BinDoor.remove},
    "requests": {"GET": BinDoor.list, "DELETE": BinDoor.clear},
    "requests:watch": {"GET": BinDoor.watch},
    "secret": {"PUT": BinDoor.set_secret},
    "answer": {"PUT": BinDoor.set_answer},
}
