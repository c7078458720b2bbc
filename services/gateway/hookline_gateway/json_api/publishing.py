"""``POST /v1/events``: one event as a JSON object, or any number of them as JSON lines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Any

import grpc
import grpc.aio
import orjson
from hookline.dispatcher.v1 import event_service_pb2
from hookline.event.v1 import event_pb2
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from hookline_gateway.answers import JSON, failure_answer, failure_document
from hookline_gateway.backends import Backends, Metadata
from hookline_gateway.bodies import BodyLimits, media_type, plain_encoding, read_body
from hookline_gateway.credentials import KeysOf
from hookline_gateway.crowd import Crowd
from hookline_gateway.json_api.ack_spool import AckSpool
from hookline_gateway.json_api.beside import beside
from hookline_gateway.json_api.fields import by_name
from hookline_gateway.json_api.json_in import message_of, read_json
from hookline_gateway.json_api.json_out import json_of
from hookline_gateway.json_api.operations import publish
from hookline_gateway.json_api.parameters import put_query
from hookline_gateway.json_api.publication import Publication
from hookline_gateway.json_api.requests import JSON_TYPES
from hookline_gateway.json_api.rpcs import Rpcs
from hookline_gateway.observing import STREAM
from hookline_gateway.refusals import UnsupportedType
from hookline_gateway.statuses import CallFailed, Failure, failure_of
from hookline_runtime.errors import InvalidArgument, Unavailable, Violation

LINES = "application/x-ndjson"
LINE_TYPES = frozenset({LINES, "application/jsonl", "application/ndjson", "application/json-lines"})
REVISION = "min_config_revision"
_REVISION_FIELD = event_service_pb2.PublishRequest.DESCRIPTOR.fields_by_name[REVISION]
_WHY_SECONDS = 5.0
_STREAM = "/hookline.dispatcher.v1.EventService/PublishStream"


class Publishing:
    """Takes events in."""

    def __init__(
        self,
        backends: Backends,
        rpcs: Rpcs,
        limits: BodyLimits,
        keys_of: KeysOf,
        draining: asyncio.Event,
        streams: Crowd,
    ) -> None:
        self._rpcs = rpcs
        self._publish = publish()
        self._limits = limits
        self._keys_of = keys_of
        self._draining = draining
        self._streams = streams
        self._stream = backends.dispatcher.stream_stream(
            _STREAM,
            event_service_pb2.PublishStreamRequest.SerializeToString,
            event_service_pb2.PublishStreamResponse.FromString,
        )

    async def __call__(self, request: Request) -> Response:
        """The answer to one request; which of the two ways, its content type says."""
        kind = media_type(request)
        revision = _revision(request)
        if kind in LINE_TYPES:
            return await self._lines(request, revision)
        if kind in JSON_TYPES or kind.endswith("+json"):
            return await self._one(request, revision)
        raise UnsupportedType(
            f"the body must be application/json for one event, or {LINES} for lines of them",
            headers={"accept": f"application/json, {LINES}"},
        )

    async def _one(self, request: Request, revision: int) -> Response:
        keys = self._keys_of(request)
        body = await read_body(request, self._limits)
        event = await beside(len(body), lambda: message_of(read_json(body), event_pb2.Event))
        message = event_service_pb2.PublishRequest(event=event, min_config_revision=revision)
        answer = json_of(await self._rpcs.one(self._publish, message, keys))
        return Response(answer, headers={"cache-control": "no-store"}, media_type=JSON)

    async def _lines(self, request: Request, revision: int) -> Response:
        plain_encoding(request)
        keys = self._keys_of(request)
        with ExitStack() as held:
            # Lines may come for ever, and need not come at all: whoever sends them takes the place of a stream.
            held.enter_context(self._streams.inside(keys))
            answer = await self._acked(request, keys, revision)
            if isinstance(answer, _Acks):
                answer.held = held.pop_all()
        return answer

    async def _acked(self, request: Request, keys: Metadata, revision: int) -> Response:
        spool = AckSpool()
        call = self._stream(metadata=keys)
        publication = Publication(request.stream(), call, spool, revision, self._draining)
        running = asyncio.create_task(self._run(publication, spool, keys))
        # The status waits for the first ack: until then a refusal of the whole still has one of its own.
        first = await spool.get()
        if (failure := await self._at_first(first, publication, running, keys)) is not None:
            await _end(running)
            spool.close()
            return failure_answer(failure)
        return _Acks(_pieces(first, spool, publication, running))

    async def _at_first(
        self, first: bytes, publication: Publication, running: asyncio.Task[Failure | None], keys: Metadata
    ) -> Failure | None:
        """Why the whole is refused, if it is, while the status can still say so."""
        if not first:
            return await running
        # What is wrong with a line is found here: that the caller may publish at all, the dispatcher has not said yet.
        return None if publication.answered else await self._refused(keys)

    async def _run(self, publication: Publication, spool: AckSpool, keys: Metadata) -> Failure | None:
        """Runs it to its end; the failure that stopped it, if one did."""
        try:
            await publication.run()
        except CallFailed as failed:
            return await self._why(failed, keys)
        except ClientDisconnect:
            return None
        except Exception as error:
            return failure_of(error)
        finally:
            spool.end()
        return None

    async def _why(self, failed: CallFailed, keys: Metadata) -> Failure:
        if failed.error.code() is not grpc.StatusCode.INTERNAL:
            return failure_of(failed)
        # The client of gRPC puts INTERNAL in the place of the status when a stream ends while it is written to.
        broken = Unavailable("the stream to the dispatcher broke off", 1.0, reason="STREAM_BROKEN")
        return await self._refused(keys) or failure_of(broken)

    async def _refused(self, keys: Metadata) -> Failure | None:
        """Why a stream with this key is refused, if it is: one without an event is for the same reason."""
        empty = self._stream(metadata=keys, timeout=_WHY_SECONDS)
        try:
            await empty.done_writing()
            async for _ in empty:
                pass
        except grpc.aio.AioRpcError as error:
            return failure_of(CallFailed("dispatcher", error))
        return None


class _Acks(StreamingResponse):
    """Acks as they come, while the body of the request is still read by the publication; then ``held`` is let go."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        super().__init__(pieces, media_type=LINES, headers={"cache-control": "no-store", "x-accel-buffering": "no"})
        self.held = ExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Not as the class above does it, which listens for the end of the client by taking pieces of the body.
        scope[STREAM] = True
        with self.held:
            await self.stream_response(send)


async def _pieces(
    first: bytes, spool: AckSpool, publication: Publication, running: asyncio.Task[Failure | None]
) -> AsyncIterator[bytes]:
    piece = first
    try:
        while piece:
            yield piece
            piece = await spool.get()
        failure = await running
        if failure is not None:
            yield _stopped(publication.first_unacked, failure)
    finally:
        await _end(running)
        spool.close()


async def _end(running: asyncio.Task[Failure | None]) -> None:
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _stopped(line: int, failure: Failure) -> bytes:
    """The last line of an answer that tells of a failure of the whole: from which line on there is no ack."""
    document = {"unacked_from_line": line, "error": failure_document(failure)}
    return orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)


def _revision(request: Request) -> int:
    value: dict[str, Any] = {}
    for name, text in request.query_params.multi_items():
        if by_name(event_service_pb2.PublishRequest.DESCRIPTOR).get(name) is not _REVISION_FIELD:
            raise InvalidArgument(Violation(name[:128], "is not a parameter of this operation"))
        put_query(value, [(name, text)], event_service_pb2.PublishRequest.DESCRIPTOR)
    revision: int = message_of(value, event_service_pb2.PublishRequest).min_config_revision
    return revision
