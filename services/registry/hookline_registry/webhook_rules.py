"""What a webhook may hold, beyond the rules in the contract itself, and what its texts say. Pure.

The texts are URL, headers and data. They are read together, and all anew whenever one of them, or what decides how
they are read, is written. What an update does not touch may stay as it was read before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hookline.registry.v1 import webhook_pb2

from hookline_registry.account_world import field_infos
from hookline_registry.model import ObjectTypeSettings, Reading, WebhookSettings
from hookline_runtime.egress.policy import PUBLIC, Policy
from hookline_runtime.errors import Violation
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.names import ObjectTypeInfo
from hookline_runtime.webhook.refusals import WebhookRefused
from hookline_runtime.webhook.request import WebhookText
from hookline_runtime.webhook.saving import check_webhook

READ_FROM = frozenset({"object_type_id", "url", "method", "headers", "data", "content_type"})
"""The settings that decide what the texts say."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules need to know: the account's object types, the plugins, and the addresses that are opened."""

    object_types: Mapping[int, ObjectTypeSettings]
    host: PluginHost
    egress: Policy = PUBLIC


def read(settings: WebhookSettings, around: Surroundings) -> Reading | tuple[Violation, ...]:
    """Read the texts of a webhook; or give all that is wrong with them, as paths below `webhook`."""
    types = {type_id: ObjectTypeInfo(each.name, field_infos(each)) for type_id, each in around.object_types.items()}
    try:
        template = check_webhook(_text(settings), settings.object_type_id, types, around.host, around.egress)
    except WebhookRefused as refused:
        return tuple(Violation(f"webhook.{flaw.path}", flaw.reason) for flaw in refused.flaws)
    return Reading(template.media_type, tuple(template.names.items()))


def _text(settings: WebhookSettings) -> WebhookText:
    method = webhook_pb2.HttpMethod.Name(webhook_pb2.HttpMethod.ValueType(settings.method))
    return WebhookText(
        url=settings.url,
        method=method.removeprefix("HTTP_METHOD_"),
        headers=settings.headers,
        data=settings.data,
        content_type=settings.content_type,
    )
