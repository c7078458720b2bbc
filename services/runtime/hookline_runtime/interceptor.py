"""What happens around every RPC: access, validation, error mapping and metrics, in this one place.

Who may not call is refused before a byte of the request is read. Requests are parsed and validated
here, those of streams one by one, so that a servicer only sees messages that follow their rules. How many are received
at once, and how much of them is in hand, is bounded by ``Reception``.
Whatever a servicer raises reaches the caller as a status of ``errors.status_of``; cancellation
passes through.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from functools import partial
from time import monotonic, perf_counter
from typing import Any, NoReturn, TypeVar

import grpc
import grpc.aio
from google.protobuf.message import DecodeError, Message
from grpc_status import rpc_status

from hookline_runtime.access import Access, current_principal, set_principal
from hookline_runtime.calls import CHANGING, Call, begin_call
from hookline_runtime.channels import ServerLimits
from hookline_runtime.contract import ContractError, access_of, request_of
from hookline_runtime.errors import (
    InvalidArgument,
    ResourceExhausted,
    Unauthenticated,
    Unimplemented,
    Violation,
    status_of,
)
from hookline_runtime.metadata_size import check_metadata
from hookline_runtime.reception import STRANGERS, Reception, ReceptionLimits
from hookline_runtime.rpc_metrics import MethodMetrics, RpcMetrics
from hookline_runtime.under_way import UnderWay, of_keys, of_strangers
from hookline_runtime.unparsed import Unparsed, takes_unparsed
from hookline_runtime.validation import check, require
from hookline_runtime.wrong_keys import WrongKeys, address_of

T = TypeVar("T")
Context = Any  # grpc.aio.ServicerContext, whose types of messages are not known here
Handler = Any  # grpc.RpcMethodHandler, likewise
Behavior = Callable[[Any, Context], Any]
Parse = Callable[[bytes], Message]
Around = Callable[[Call, Awaitable[T]], Awaitable[T]]
"""Does the work of a call that may change something, in what context it likes; what it raises is answered."""


class Rpc:
    """One method of the server, ready to be served.

    ``needed`` is the access that it asks for; one that is open to everybody has None, and is counted ``under_way``
    apart from the others, so that strangers do not use up their limit.
    """

    __slots__ = ("handler", "metrics", "needed", "under_way")

    def __init__(self, needed: int | None, metrics: MethodMetrics, under_way: UnderWay) -> None:
        self.needed = needed
        self.under_way = under_way
        self.metrics = metrics
        self.handler: Handler = None


class RpcInterceptor(grpc.aio.ServerInterceptor):
    """Serves the methods that it was given by ``add``; the server's own handlers are never run."""

    def __init__(
        self, access: Access, metrics: RpcMetrics, limits: ServerLimits, around: Around[Any] | None = None
    ) -> None:
        self._access = access
        self._metrics = metrics
        self._keys_under_way = UnderWay(of_keys(limits.max_concurrent_rpcs))
        self._strangers_under_way = UnderWay(of_strangers(limits.max_concurrent_rpcs))
        self._wrong_keys = WrongKeys(limits.wrong_keys_per_minute)
        self._most_metadata = limits.most_metadata
        self._around = around
        self._rpcs: dict[str, Rpc] = {}
        self._of_keys = Reception(ReceptionLimits())
        self._of_strangers = Reception(STRANGERS)

    def add(self, service: str, handlers: Mapping[str, Handler]) -> None:
        """Takes over the handlers of a service, by method name.

        Raises:
            ContractError: an RPC states no access, is not a coroutine, or has rules that do not compile.
        """
        for name, handler in handlers.items():
            method = f"/{service}/{name}"
            needed = access_of(method)
            if needed is not None:
                check(request_of(method)())  # compiles the rules
            under_way = self._strangers_under_way if needed is None else self._keys_under_way
            rpc = Rpc(needed, self._metrics.of(f"{service}/{name}"), under_way)
            rpc.handler = self._wrap(method, rpc, handler)
            self._rpcs[method] = rpc

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Handler:
        """The handler of the RPC, or one that refuses it."""
        rpc = self._rpcs.get(handler_call_details.method)
        if rpc is None:
            return await continuation(handler_call_details)
        metadata: Any = handler_call_details.invocation_metadata
        try:
            check_metadata(metadata, self._most_metadata)
            if rpc.needed is None:
                return rpc.handler
            rpc.under_way.check()
            set_principal(await self._access.principal(metadata, rpc.needed))
        except Exception as error:
            return self._refusal(rpc, error)
        return rpc.handler

    def _wrap(self, method: str, rpc: Rpc, handler: Handler) -> Handler:
        parse = _parser(handler.request_deserializer, validate=rpc.needed is not None)
        behavior = _behavior(method, handler)
        timed = not handler.response_streaming
        if handler.request_streaming:
            # A stream is parsed as the servicer reads it; a single request here, where a fault can be answered.
            respond = _responder(behavior)
            read = partial(Unparsed, parse=parse) if takes_unparsed(behavior) else parse
        else:
            respond, read = self._receiver(method, rpc, parse, _responder(behavior), brief=timed), None

        async def serve(requests: Any, context: Context) -> Any:
            caller = _caller(rpc, context)
            try:
                rpc.under_way.enter(caller)
            except ResourceExhausted as error:
                return await _refuse(rpc, error, context)
            try:
                return await self._observe(rpc, respond(requests, context), context, timed=timed)
            finally:
                rpc.under_way.leave(caller)

        return _HANDLERS[handler.response_streaming](serve, read, handler.response_serializer)

    def _receiver(self, method: str, rpc: Rpc, parse: Parse, respond: Behavior, *, brief: bool) -> Behavior:
        """Receives and parses a single request; to gRPC it is a stream, of which it receives nothing by itself."""
        name = method.removeprefix("/").replace("/", ".")
        reception = self._of_strangers if rpc.needed is None else self._of_keys

        async def receive(_requests: Any, context: Context) -> Any:
            raw, held = await reception.receive(context.read, _caller(rpc, context), brief=brief)
            try:
                request = parse(raw)
                del raw  # as large as what was read of it
                if rpc.needed not in CHANGING:
                    return await respond(request, context)
                call = begin_call(name, request, context)
                work = respond(request, context)
                return await (work if self._around is None else self._around(call, work))
            finally:
                reception.done(held)

        return receive

    def _refusal(self, rpc: Rpc, error: Exception) -> Handler:
        """A handler that answers ``error``; as a stream, since of a stream gRPC reads nothing by itself."""

        async def refuse(requests: Any, context: Context) -> None:
            try:
                await _answer(context, await self._slowly(error, context))
            finally:
                rpc.metrics.refused(context.code() or grpc.StatusCode.UNKNOWN)

        return grpc.stream_stream_rpc_method_handler(refuse)

    async def _slowly(self, error: Exception, context: Context) -> Exception:
        """The same error, but for a wrong key later where many came from its address, or another where too many did."""
        if not isinstance(error, Unauthenticated) or error.reason != "KEY_INVALID":
            return error
        address = address_of(context.peer())
        delay = self._wrong_keys.came(address, monotonic())
        if not delay:
            return error
        if not self._wrong_keys.hold(address):
            return ResourceExhausted("too many wrong keys came from your address", delay, "wrong keys")
        try:
            await asyncio.sleep(delay)
        finally:
            self._wrong_keys.release(address)
        return error

    async def _observe(self, rpc: Rpc, work: Awaitable[T], context: Context, *, timed: bool) -> T:
        """Waits for ``work``, whatever becomes of it, and answers errors."""
        began = perf_counter()
        fallback = grpc.StatusCode.UNKNOWN
        rpc.metrics.began()
        try:
            response = await work
            fallback = grpc.StatusCode.OK
            return response
        except asyncio.CancelledError:
            fallback = grpc.StatusCode.CANCELLED
            raise
        except Exception as error:
            if not _is_of_grpc(error, context):
                await _answer(context, error)
            raise
        finally:
            rpc.metrics.ended(context.code() or fallback, perf_counter() - began if timed else None)


_HANDLERS: dict[bool, Callable[..., Handler]] = {
    False: grpc.stream_unary_rpc_method_handler,
    True: grpc.stream_stream_rpc_method_handler,
}


def _caller(rpc: Rpc, context: Context) -> str:
    """Who calls: by the name of the key, or where none is asked for by the machine."""
    if rpc.needed is not None:
        return current_principal().application_id
    peer: str = context.peer()
    return peer.rpartition(":")[0]


def _behavior(method: str, handler: Handler) -> Behavior:
    """What the servicer does for the RPC; a method that it leaves out is answered UNIMPLEMENTED."""
    behavior: Behavior = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
    if inspect.iscoroutinefunction(behavior) or inspect.isasyncgenfunction(behavior):
        return behavior
    if getattr(behavior, "__module__", "").endswith("_pb2_grpc"):

        async def unimplemented(request: Any, context: Context) -> NoReturn:
            raise Unimplemented(f"{method} is not offered here")

        return unimplemented
    raise ContractError(f"{method} is served by a function that is not asynchronous")


def _parser(deserializer: Parse, *, validate: bool) -> Parse:
    def parse(raw: bytes) -> Message:
        try:
            message = deserializer(raw)
        except DecodeError:
            raise InvalidArgument(
                Violation("", "the request cannot be read as the message that this call takes")
            ) from None
        if validate:
            require(message)
        return message

    return parse


def _responder(behavior: Behavior) -> Behavior:
    """A coroutine that runs ``behavior``: it writes what a generator yields, and closes it whatever happens."""
    generates = inspect.isasyncgenfunction(behavior)

    async def respond(request: Any, context: Context) -> Any:
        if not generates:
            return await behavior(request, context)
        async with aclosing(behavior(request, context)) as responses:
            async for response in responses:
                await context.write(response)
        return None

    return respond


async def _refuse(rpc: Rpc, error: Exception, context: Context) -> NoReturn:
    try:
        await _answer(context, error)
    finally:
        rpc.metrics.refused(context.code() or grpc.StatusCode.UNKNOWN)


async def _answer(context: Context, error: Exception) -> NoReturn:
    await context.abort_with_status(rpc_status.to_status(status_of(error)))
    raise AssertionError("abort_with_status always raises")


def _is_of_grpc(error: Exception, context: Context) -> bool:
    """Whether gRPC raised it to end this RPC: aborted already, the caller is gone, the server stopped."""
    return isinstance(error, grpc.aio.BaseError) and (context.done() or not isinstance(error, grpc.aio.UsageError))
