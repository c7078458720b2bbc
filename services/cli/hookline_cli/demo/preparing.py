"""Setting the scene: what an earlier demo left is taken away, everything that the sample events need is made."""

import uuid
from dataclasses import dataclass

from hookline.dispatcher.v1 import delivery_pb2
from hookline.registry.v1 import (
    campaign_pb2,
    campaign_pb2_grpc,
    form_pb2_grpc,
    global_rule_pb2_grpc,
    object_type_pb2,
    object_type_pb2_grpc,
    subscription_pb2,
    subscription_pb2_grpc,
    webhook_pb2,
    webhook_pb2_grpc,
)

from hookline_cli.connection import Connection
from hookline_cli.demo.firing import WEBHOOKS, PlannedWebhook, checkout_form, vip_rule
from hookline_cli.demo.forgetting import forget_earlier
from hookline_cli.demo.onboarding import onboarding
from hookline_cli.demo.plan import PLAN
from hookline_cli.demo.tally import Key, Row, Tally
from hookline_cli.sink.bin import Sink

_WORKSHOP = "Workshop"


@dataclass(frozen=True, slots=True)
class Scene:
    """What was made: a tally with an empty row per target, the campaign, and the revision of the last write."""

    tally: Tally
    campaign: campaign_pb2.Campaign
    config_revision: int


async def set_scene(registry: Connection, sink: Sink) -> Scene:
    """Makes everything that the sample events need; the sink expects each path's own secret."""
    await forget_earlier(registry)
    await _make_object_type(registry)
    rows: dict[Key, Row] = {}
    await _make_subscriptions(registry, sink, rows)
    ids = await _make_webhooks(registry, sink, rows)
    rules = global_rule_pb2_grpc.GlobalRuleServiceStub(registry.channel)
    await registry.answer(rules.CreateGlobalRule, vip_rule(ids, str(uuid.uuid4())))
    forms = form_pb2_grpc.FormServiceStub(registry.channel)
    await registry.answer(forms.CreateForm, checkout_form(ids, str(uuid.uuid4())))
    last = await _make_campaign(registry, ids)
    return Scene(Tally(rows), last.campaign, last.config_revision)


async def _make_subscriptions(registry: Connection, sink: Sink, rows: dict[Key, Row]) -> None:
    stub = subscription_pb2_grpc.SubscriptionServiceStub(registry.channel)
    for planned in PLAN:
        request = subscription_pb2.CreateSubscriptionRequest(
            subscription=planned.subscription(sink.url(planned.path)), request_id=str(uuid.uuid4())
        )
        answer = await registry.answer(stub.CreateSubscription, request)
        sink.expect(planned.path, answer.signing_secret)
        rows[delivery_pb2.TARGET_KIND_SUBSCRIPTION, answer.subscription.id] = planned.row()


async def _make_webhooks(registry: Connection, sink: Sink, rows: dict[Key, Row]) -> dict[PlannedWebhook, int]:
    """Makes them; the answer is their ids."""
    stub = webhook_pb2_grpc.WebhookServiceStub(registry.channel)
    ids: dict[PlannedWebhook, int] = {}
    anywhere: list[str] = []
    for planned in WEBHOOKS:
        request = webhook_pb2.CreateWebhookRequest(
            webhook=planned.webhook(sink.url(planned.path)), request_id=str(uuid.uuid4())
        )
        answer = await registry.answer(stub.CreateWebhook, request)
        if planned.below:
            anywhere.append(answer.signing_secret)  # its path is another one for each contact
        else:
            sink.expect(planned.path, answer.signing_secret)
        rows[delivery_pb2.TARGET_KIND_WEBHOOK, answer.webhook.id] = planned.row()
        ids[planned] = answer.webhook.id
    sink.expect("*", *anywhere)
    return ids


async def _make_campaign(registry: Connection, ids: dict[PlannedWebhook, int]) -> campaign_pb2.PublishCampaignResponse:
    """Makes it and lets it go live."""
    stub = campaign_pb2_grpc.CampaignServiceStub(registry.channel)
    draft = (await registry.answer(stub.CreateCampaign, onboarding(ids, str(uuid.uuid4())))).campaign
    return await registry.answer(
        stub.PublishCampaign, campaign_pb2.PublishCampaignRequest(id=draft.id, etag=draft.etag)
    )


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
