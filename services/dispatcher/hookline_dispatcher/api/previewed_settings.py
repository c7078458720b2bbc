"""Settings that come with a request for a preview, read as if they had been saved and had come from the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from hookline.registry.v1 import config_pb2, object_type_pb2, subscription_pb2, webhook_pb2

from hookline_dispatcher.config.codec import decode_object_type
from hookline_dispatcher.config.targets import SubscriptionSettings, WebhookSettings
from hookline_dispatcher.config.wire import subscription_settings, webhook_settings
from hookline_dispatcher.store.model import ConfigRow
from hookline_plugin.catalogue import parse_subscription_event
from hookline_plugin.trigger import FieldInfo
from hookline_runtime.egress.policy import Policy
from hookline_runtime.errors import InvalidArgument, Violation
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.authentication import authentication_flaws
from hookline_runtime.webhook.authentication_wire import authentication_of
from hookline_runtime.webhook.names import ObjectTypeInfo
from hookline_runtime.webhook.receiver_tls import AUTHORITIES, authority_flaws
from hookline_runtime.webhook.refusals import WebhookFlaw, WebhookRefused
from hookline_runtime.webhook.request import WebhookText
from hookline_runtime.webhook.saving import check_webhook, subscription_flaws

UNSAVED = 1
"""The revision of what was never saved."""

_Target: TypeAlias = subscription_pb2.Subscription | webhook_pb2.Webhook
Types = Mapping[int, ObjectTypeInfo]


@dataclass(frozen=True, slots=True)
class SettingsReader:
    """Holds settings to what the registry would.

    Args:
        host: The plugins.
        egress: Where requests may go.
    """

    host: PluginHost
    egress: Policy

    def webhook(self, account_id: int, message: webhook_pb2.Webhook, types: Types) -> WebhookSettings:
        """A webhook's settings. It takes its time: not for an event loop.

        Raises:
            InvalidArgument: it could not be saved.
        """
        of_receiver = _receiver_faults(message, self.egress, "webhook")
        try:
            template = check_webhook(_text(message), message.object_type_id, types, self.host, self.egress)
        except WebhookRefused as refused:
            raise InvalidArgument(*_violations("webhook", refused.flaws), *of_receiver) from None
        if of_receiver:
            raise InvalidArgument(*of_receiver)
        stored = config_pb2.WebhookConfig(
            webhook=message,
            names=[config_pb2.NamedPath(name=name, path=path) for name, path in template.names.items()],
            secret_headers=_named(message),
        )
        stored.webhook.detected_content_type = template.media_type
        item = config_pb2.ConfigItem(account_id=account_id, id=message.id, revision=UNSAVED, webhook=stored)
        return webhook_settings(item)

    def subscription(self, account_id: int, message: subscription_pb2.Subscription) -> SubscriptionSettings:
        """A subscription's settings.

        Raises:
            InvalidArgument: it could not be saved.
        """
        faults = []
        try:
            parse_subscription_event(message.event)
        except ValueError as error:
            faults.append(Violation("subscription.event", str(error)))
        stored = config_pb2.SubscriptionConfig(subscription=message, secret_headers=_named(message))
        item = config_pb2.ConfigItem(account_id=account_id, id=message.id, revision=UNSAVED, subscription=stored)
        settings = subscription_settings(item)
        flaws = subscription_flaws(
            message.url,
            message.content_type,
            settings.content_type,
            settings.headers,
            lambda media_type: self.host.encoder_for(media_type) is not None,
            self.egress,
        )
        faults += _violations("subscription", flaws)
        faults += _receiver_faults(message, self.egress, "subscription")
        if faults:
            raise InvalidArgument(*faults)
        return settings


def object_types(rows: Iterable[ConfigRow]) -> Types:
    """An account's object types as merge fields may name them."""
    found = ((row.id, *decode_object_type(row)) for row in rows)
    return {
        id_: ObjectTypeInfo(
            name, [FieldInfo(each.key, each.label, _kind(each.kind), each.related_object_type_id) for each in fields]
        )
        for id_, name, fields in found
    }


def _kind(number: int) -> str:
    name = object_type_pb2.FieldKind.Name(object_type_pb2.FieldKind.ValueType(number))
    return name.removeprefix("FIELD_KIND_").lower()


def _text(message: webhook_pb2.Webhook) -> WebhookText:
    method = webhook_pb2.HttpMethod.Name(message.method or webhook_pb2.HTTP_METHOD_POST)
    return WebhookText(
        url=message.url,
        method=method.removeprefix("HTTP_METHOD_"),
        headers=tuple((header.name, header.value) for header in message.headers),
        data=message.data,
        content_type=message.content_type,
    )


def _named(message: _Target) -> list[config_pb2.SecretHeader]:
    """The secret headers without what is secret, which no preview shows."""
    return [config_pb2.SecretHeader(name=each.name) for each in message.secret_headers]


def _receiver_faults(message: _Target, egress: Policy, at: str) -> list[Violation]:
    """What is wrong with authentication and authorities; secrets are left out of what is previewed, and not missed."""
    flaws = authority_flaws(AUTHORITIES, message.tls.ca_certificates)
    if message.HasField("authentication"):
        flaws = chain(authentication_flaws(authentication_of(message.authentication).method, egress), flaws)
    return _violations(at, flaws)


def _violations(at: str, flaws: Iterable[WebhookFlaw]) -> list[Violation]:
    return [Violation(f"{at}.{flaw.path}", flaw.reason) for flaw in flaws]
