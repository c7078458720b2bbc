"""The operations of this API: each takes who calls and the parameters, and gives what the envelope's ``data`` holds."""

from __future__ import annotations

from collections.abc import Callable

from hookline.registry.v1 import subscription_pb2 as pb
from hookline.registry.v1 import subscription_pb2_grpc

from hookline_gateway.calls import Calls
from hookline_gateway.ontraport import subscriptions
from hookline_gateway.ontraport.asked import asked
from hookline_gateway.ontraport.callers import Caller
from hookline_gateway.ontraport.door import Work
from hookline_gateway.ontraport.fields import Kind
from hookline_gateway.ontraport.listing import Source, counted, listed
from hookline_gateway.ontraport.options import read_options
from hookline_gateway.ontraport.parameters import Parameters, record_id, required
from hookline_gateway.refusals import NoSuchRecord
from hookline_gateway.statuses import CallFailed

Sources = Callable[[Caller], Source]


class Subscribing:
    """Subscribe and unsubscribe, at the registry."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._stub = subscription_pb2_grpc.SubscriptionServiceStub(calls.backends.registry)

    async def subscribe(self, caller: Caller, parameters: Parameters) -> object:
        """Makes a subscription; its signing secret is shown this once."""
        options = read_options(parameters.get("data", ""))
        wanted = pb.Subscription(
            event=required(parameters, "event"),
            url=required(parameters, "url"),
            format=options.format,
            content_type=options.content_type,
        )
        request = pb.CreateSubscriptionRequest(subscription=wanted)
        made = await self._calls.registry(self._stub.CreateSubscription, request, caller.metadata)
        return {**subscriptions.record(made.subscription), "signing_secret": made.signing_secret}

    async def unsubscribe(self, caller: Caller, parameters: Parameters) -> object:
        """Deletes a subscription."""
        written = required(parameters, "id").strip()
        id_ = record_id("id", written)
        if not id_:
            raise no_such("Webhook", written)
        try:
            request = pb.DeleteSubscriptionRequest(id=id_)
            await self._calls.registry(self._stub.DeleteSubscription, request, caller.metadata)
        except CallFailed as failed:
            if failed.not_found:
                raise no_such("Webhook", written) from None
            raise
        return {"id": str(id_)}


def one(kind: Kind, sources: Sources) -> Work:
    """Shows one record."""

    async def work(caller: Caller, parameters: Parameters) -> object:
        written = required(parameters, "id").strip()
        id_ = record_id("id", written)
        found = await sources(caller).page([id_], 0, 1, frozenset(kind.names)) if id_ else ()
        if not found:
            raise no_such(kind.name, written)
        return found[0]

    return work


def many(kind: Kind, sources: Sources) -> Work:
    """Shows a page of records."""
    everything = asked(kind, {})  # what most lists ask for

    async def work(caller: Caller, parameters: Parameters) -> object:
        return await listed(sources(caller), asked(kind, parameters) if parameters else everything)

    return work


def info(kind: Kind, sources: Sources) -> Work:
    """Says how many records there are, and which fields lists show."""

    async def work(caller: Caller, parameters: Parameters) -> object:
        number = await counted(sources(caller), asked(kind, parameters))
        return {
            "listFields": list(kind.names),
            "listFieldSettings": [],
            "cardViewSettings": [],
            "viewMode": [],
            "count": str(number),
        }

    return work


def meta(kind: Kind) -> Work:
    """Describes the fields."""

    async def work(caller: Caller, parameters: Parameters) -> object:
        return kind.meta()

    return work


def no_such(kind: str, written: str) -> NoSuchRecord:
    """That there is no such record, in the same words whether or not another account has one."""
    return NoSuchRecord(f"there is no {kind} {written[:32]}")
