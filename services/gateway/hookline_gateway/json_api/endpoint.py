"""The JSON API: one request in, one operation found, its RPC called, its answer out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import orjson
from google.protobuf.message import Message
from google.rpc import code_pb2
from starlette.requests import Request
from starlette.responses import Response

from hookline_gateway.answers import JSON, failure_answer, failure_document
from hookline_gateway.backends import Metadata
from hookline_gateway.bodies import BodyLimits
from hookline_gateway.credentials import KeysOf
from hookline_gateway.crowd import Crowd
from hookline_gateway.json_api.beside import beside
from hookline_gateway.json_api.etags import etag_of, is_known
from hookline_gateway.json_api.event_stream import TOKEN, EventStream, event, status_event
from hookline_gateway.json_api.fields import by_name
from hookline_gateway.json_api.json_out import json_of
from hookline_gateway.json_api.publishing import Publishing
from hookline_gateway.json_api.requests import message_for
from hookline_gateway.json_api.routing import Found, Router
from hookline_gateway.json_api.rpcs import Rpcs
from hookline_gateway.observing import ROUTE
from hookline_gateway.refusals import NoSuchMethod
from hookline_gateway.statuses import CallFailed, Failure, failure_of
from hookline_runtime.errors import HooklineError

_LAST_ID = "last-event-id"
# Answers hold what one account may see, some of them a secret that is shown once.
_HEADERS = {"cache-control": "no-store"}


class Endpoint:
    """Answers every request under ``/v1``."""

    def __init__(
        self,
        router: Router,
        rpcs: Rpcs,
        events: Publishing,
        limits: BodyLimits,
        keys_of: KeysOf,
        draining: asyncio.Event,
        streams: Crowd,
    ) -> None:
        self._router = router
        self._rpcs = rpcs
        self._events = events
        self._limits = limits
        self._keys_of = keys_of
        self._draining = draining
        self._streams = streams

    async def __call__(self, request: Request) -> Response:
        """The answer of whatever operation has the path and the method."""
        verb = "GET" if request.method == "HEAD" else request.method
        found = self._router.find(verb, sent_path(request))
        request.scope[ROUTE] = found.operation.template.text
        if found.operation.rpc.client_streaming:
            return await self._events(request)
        if found.operation.streams and request.method == "HEAD":
            raise NoSuchMethod("a stream has no end that HEAD could wait for", headers={"allow": "GET"})
        keys = self._keys_of(request)
        message = await message_for(request, found, self._limits)
        try:
            if found.operation.streams:
                return await self._stream(request, found, message, keys)
            answer = await self._rpcs.one(found.operation, message, keys)
        except CallFailed as failed:
            return failure_answer(_failure(failed, conditional="if-match" in request.headers))
        etag = etag_of(answer)
        headers = _HEADERS | {"etag": etag} if etag else _HEADERS
        if etag and verb == "GET" and is_known(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        text = await beside(answer.ByteSize(), lambda: json_of(answer))
        return Response(text, headers=headers, media_type=JSON)

    async def _stream(self, request: Request, found: Found, message: Any, keys: Metadata) -> Response:
        last = request.headers.get(_LAST_ID)
        if last and TOKEN in by_name(message.DESCRIPTOR):
            setattr(message, TOKEN, last)
        with self._streams.inside(keys):  # a refusal has to come while the status of HTTP can still say so
            answers = self._rpcs.many(found.operation, message, keys)
            first = await anext(answers, None)
        return EventStream(self._told(keys, first, answers), self._draining)

    async def _told(
        self, keys: Metadata, first: Message | None, answers: AsyncIterator[Message]
    ) -> AsyncIterator[bytes]:
        if first is None:
            return
        try:
            with self._streams.inside(keys):
                yield event(first)
                async for answer in answers:
                    yield event(answer)
        except (CallFailed, HooklineError) as error:
            yield status_event(orjson.dumps(failure_document(failure_of(error))))


def sent_path(request: Request) -> str:
    """The path as it was sent, nothing decoded."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    return raw.partition(b"?")[0].decode("latin-1")


def _failure(failed: CallFailed, *, conditional: bool) -> Failure:
    failure = failure_of(failed)
    if conditional and failure.status.code == code_pb2.ABORTED:
        # The caller asked by If-Match, and HTTP has a status for that.
        return Failure(412, failure.status, failure.headers)
    return failure
