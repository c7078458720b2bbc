"""PreviewService: requests as they would be sent, for settings that need not be saved and objects that need not exist.

Messages come parsed and valid by their protos' rules. Everything is looked up within the account of the caller.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from hookline.dispatcher.v1 import delivery_pb2, preview_service_pb2_grpc
from hookline.dispatcher.v1 import preview_service_pb2 as pb

from hookline_dispatcher.config.account import AccountConfig, not_covered
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.config.targets import SUBSCRIPTION, WEBHOOK, SubscriptionSettings, WebhookSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.delivery.body import NotRendered
from hookline_dispatcher.delivery.previewing import Previewed, Previewer, Shown
from hookline_dispatcher.store.model import ConfigRow, TargetKey
from hookline_dispatcher.store.routing import ObjectKey, StoredObject
from hookline_plugin.catalogue import event_type
from hookline_runtime.access import account_of, current_principal
from hookline_runtime.clock import Clock
from hookline_runtime.errors import InvalidArgument, NotFound, ResourceExhausted, Violation
from hookline_runtime.webhook.names import FieldNames
from hookline_runtime.webhook.remarks import Remark

from .plan import Accounts
from .previewed_settings import SettingsReader, Types, object_types
from .sample_event import sample_event, sample_of_data
from .store_errors import store_in_use
from .wire_events import event_message, publication

MOST_AT_ONCE = 8
RETRY_SECONDS = 1.0


class Kept(Protocol):
    """The store, as far as it is needed here."""

    async def config_of_kind(self, account_id: int, kind: int) -> list[ConfigRow]:
        """The newest version of every item of one kind of an account."""

    async def objects(self, keys: list[ObjectKey]) -> dict[ObjectKey, StoredObject]:
        """The newest states of those of the objects that have any."""


class PreviewService(preview_service_pb2_grpc.PreviewServiceServicer):
    """Shows previews.

    Args:
        kept: Where object types and objects are.
        accounts: Where saved settings are.
        reader: Reads settings that come along.
        previewer: Renders.
        wait_for: Returns once a revision of the configuration is known.
        clock: The time.
    """

    def __init__(
        self,
        kept: Kept,
        accounts: Accounts,
        reader: SettingsReader,
        previewer: Previewer,
        wait_for: Callable[[int], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._kept = kept
        self._accounts = accounts
        self._reader = reader
        self._previewer = previewer
        self._wait_for = wait_for
        self._clock = clock
        self._under_way = 0

    async def PreviewWebhook(self, request: pb.PreviewWebhookRequest, context: Any) -> pb.PreviewWebhookResponse:
        """Renders a webhook."""
        account_id = account_of(request.account_id)
        config = await self._config(account_id, request.min_config_revision)
        with self._turn():
            with store_in_use():
                types = object_types(await self._kept.config_of_kind(account_id, ItemKind.OBJECT_TYPE))
            settings = await self._webhook(config, request, types)
            event = await self._sample(settings, request)
            names = FieldNames(types, settings.object_type_id)
            previewed = await self._previewer.webhook(settings, event, names)
        return pb.PreviewWebhookResponse(preview=_preview("webhook", previewed, event))

    async def PreviewSubscription(
        self, request: pb.PreviewSubscriptionRequest, context: Any
    ) -> pb.PreviewSubscriptionResponse:
        """Renders a subscription."""
        account_id = account_of(request.account_id)
        config = await self._config(account_id, request.min_config_revision)
        settings = self._subscription(config, request)
        event = self._event(settings, request)
        with self._turn():
            previewed = await self._previewer.subscription(settings, event)
        preview = _preview("subscription", previewed, event)
        preview.warnings.extend(_unfired(config, settings, event))
        return pb.PreviewSubscriptionResponse(preview=preview)

    async def _config(self, account_id: int, revision: int) -> AccountConfig:
        await self._wait_for(revision)
        with store_in_use():
            config = await self._accounts.account(account_id)
        if config is None:
            raise NotFound("no such account", metadata={"id": str(account_id)})
        return config

    async def _webhook(self, config: AccountConfig, request: pb.PreviewWebhookRequest, types: Types) -> WebhookSettings:
        if request.WhichOneof("source") == "webhook":
            return await asyncio.to_thread(self._reader.webhook, config.account_id, request.webhook, types)
        found = config.targets.get(TargetKey(config.account_id, WEBHOOK, request.webhook_id))
        if not isinstance(found, WebhookSettings):
            raise NotFound("no such webhook", metadata={"id": str(request.webhook_id)})
        return found

    def _subscription(self, config: AccountConfig, request: pb.PreviewSubscriptionRequest) -> SubscriptionSettings:
        if request.WhichOneof("source") == "subscription":
            return self._reader.subscription(config.account_id, request.subscription)
        found = config.targets.get(TargetKey(config.account_id, SUBSCRIPTION, request.subscription_id))
        if not isinstance(found, SubscriptionSettings):
            raise NotFound("no such subscription", metadata={"id": str(request.subscription_id)})
        return found

    async def _sample(self, settings: WebhookSettings, request: pb.PreviewWebhookRequest) -> Event:
        now = self._clock.now()
        match request.WhichOneof("sample"):
            case "data":
                return sample_of_data(settings, request.data, now)
            case "object_id":
                key = ObjectKey(settings.key.account_id, settings.object_type_id, request.object_id)
                with store_in_use():
                    state = (await self._kept.objects([key])).get(key)
                if state is None:
                    raise NotFound("nothing is remembered of such an object", metadata={"object_id": key.object_id})
                return sample_event(settings, now)._replace(
                    object_id=key.object_id, data=state.data or b"{}", tags=tuple(state.tags)
                )
        return sample_event(settings, now)

    def _event(self, settings: SubscriptionSettings, request: pb.PreviewSubscriptionRequest) -> Event:
        if not request.HasField("event"):
            return sample_event(settings, self._clock.now())
        account_id = settings.key.account_id
        request.event.account_id = request.event.account_id or account_id
        event = publication(request.event, "event", current_principal(), self._clock.now(), checked=True).event
        if event.account_id != account_id:
            raise InvalidArgument(Violation("event.account_id", "must be the account of the request, or 0"))
        return event

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if self._under_way >= MOST_AT_ONCE:
            raise ResourceExhausted("too many previews are under way", RETRY_SECONDS, "previews under way")
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1


def _unfired(config: AccountConfig, settings: SubscriptionSettings, event: Event) -> Iterator[pb.PreviewWarning]:
    """Why such an event would not get to the subscription."""
    kind = event_type(event.type)
    number = kind.number_of(event.object_type_id, event.params) if kind else None
    if event.type != settings.event or settings.number not in ("", number):
        yield pb.PreviewWarning(field="subscription.event", text="the subscription does not fire for this event")
    elif not config.covers(event.type, event.object_type_id):
        yield pb.PreviewWarning(field="subscription.event", text=not_covered(event.object_type_id))


def _preview(at: str, previewed: Previewed, event: Event) -> pb.Preview:
    preview = pb.Preview(
        content_type=previewed.media_type,
        warnings=[_warning(at, each) for each in previewed.remarks],
        event=event_message(event),
    )
    if isinstance(previewed.request, NotRendered):
        preview.unrendered_reason = previewed.request.reason
    else:
        preview.request.CopyFrom(_request(previewed.request))
    return preview


def _warning(at: str, remark: Remark) -> pb.PreviewWarning:
    return pb.PreviewWarning(field=f"{at}.{remark.path}", text=remark.text)


def _request(shown: Shown) -> delivery_pb2.AttemptRequest:
    headers = [
        delivery_pb2.HttpHeader(name=name.decode("ascii"), value=value.decode(errors="replace"))
        for name, value in shown.headers
    ]
    return delivery_pb2.AttemptRequest(method=shown.method, url=shown.url, headers=headers, body=shown.body)
