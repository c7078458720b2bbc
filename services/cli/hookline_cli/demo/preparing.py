"""Setting the scene: what an earlier demo left is taken away, the custom object and the subscriptions are made."""

import uuid
from dataclasses import dataclass

from hookline.registry.v1 import object_type_pb2, object_type_pb2_grpc, subscription_pb2, subscription_pb2_grpc

from hookline_cli.connection import Connection
from hookline_cli.demo.plan import MARK, PLAN
from hookline_cli.demo.tally import Row, Tally
from hookline_cli.sink.bin import Sink

_WORKSHOP = "Workshop"


@dataclass(frozen=True, slots=True)
class Scene:
    """What was made: an empty tally with a row per subscription, and the revision of the last write."""

    tally: Tally
    config_revision: int


async def set_scene(registry: Connection, sink: Sink) -> Scene:
    """Makes everything that the sample events need; the sink expects each path's own secret."""
    await _forget_earlier(registry)
    await _make_object_type(registry)
    stub = subscription_pb2_grpc.SubscriptionServiceStub(registry.channel)
    rows: dict[int, Row] = {}
    revision = 0
    for planned in PLAN:
        request = subscription_pb2.CreateSubscriptionRequest(
            subscription=planned.subscription(sink.url(planned.path)), request_id=str(uuid.uuid4())
        )
        answer = await registry.answer(stub.CreateSubscription, request)
        sink.expect(planned.path, answer.signing_secret)
        rows[answer.subscription.id] = Row(planned.name, planned.per_minute is not None)
        revision = answer.config_revision
    return Scene(Tally(rows), revision)


async def _forget_earlier(registry: Connection) -> None:
    stub = subscription_pb2_grpc.SubscriptionServiceStub(registry.channel)
    request = subscription_pb2.ListSubscriptionsRequest()
    found, _ = await registry.pages(stub.ListSubscriptions, request, lambda page: page.subscriptions, 0)
    for each in found:
        if any(header.name.lower() == MARK for header in each.headers):
            await registry.answer(stub.DeleteSubscription, subscription_pb2.DeleteSubscriptionRequest(id=each.id))


async def _make_object_type(registry: Connection) -> None:
    stub = object_type_pb2_grpc.ObjectTypeServiceStub(registry.channel)
    request = object_type_pb2.ListObjectTypesRequest()
    found, _ = await registry.pages(stub.ListObjectTypes, request, lambda page: page.object_types, 0)
    if any(each.name == _WORKSHOP for each in found):
        return
    fields = (
        object_type_pb2.Field(key="name", label="Name", kind=object_type_pb2.FIELD_KIND_TEXT),
        object_type_pb2.Field(key="seats", label="Seats", kind=object_type_pb2.FIELD_KIND_NUMBER),
        object_type_pb2.Field(key="price", label="Price", kind=object_type_pb2.FIELD_KIND_PRICE),
    )
    wanted = object_type_pb2.ObjectType(name=_WORKSHOP, fields=fields)
    await registry.answer(
        stub.CreateObjectType, object_type_pb2.CreateObjectTypeRequest(object_type=wanted, request_id=str(uuid.uuid4()))
    )
