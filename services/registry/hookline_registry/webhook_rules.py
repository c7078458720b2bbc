"""What a webhook may hold, beyond the rules in the contract itself, and what its texts say. Pure.

The texts are URL, headers and data. They are read together, and all anew whenever one of them, or what decides how
they are read, is written. What an update does not touch may stay as it was read before.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hookline.registry.v1 import webhook_pb2

from hookline_plugin.template import Names
from hookline_registry.account_world import field_infos
from hookline_registry.model import ObjectTypeSettings, Reading, WebhookSettings
from hookline_registry.urls import url_faults
from hookline_runtime.egress.allow import AllowRule
from hookline_runtime.errors import Violation
from hookline_runtime.plugins import PluginHost
from hookline_runtime.webhook.names import FieldNames, KnownNames, ObjectTypeInfo
from hookline_runtime.webhook.refusals import WebhookRefused
from hookline_runtime.webhook.request import WebhookText, parse_webhook

READ_FROM = frozenset({"object_type_id", "url", "method", "headers", "data", "content_type"})
"""The settings that decide what the texts say."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules need to know: the account's object types, the plugins, and the addresses that are opened."""

    object_types: Mapping[int, ObjectTypeSettings]
    host: PluginHost
    allow: Sequence[AllowRule] = ()


def read(settings: WebhookSettings, around: Surroundings) -> Reading | tuple[Violation, ...]:
    """Read the texts of a webhook; or give all that is wrong with them, as paths below `webhook`."""
    found = list(_flaws(settings, around))
    names = _names(settings.object_type_id, around.object_types)
    try:
        template = parse_webhook(_text(settings), names, around.host)
    except WebhookRefused as refused:
        found += [Violation(f"webhook.{flaw.path}", flaw.reason) for flaw in refused.flaws]
        return tuple(found)
    if template.literal_host is not None:
        found += [
            Violation("webhook.url", fault) for fault in url_faults(f"http://{template.literal_host}", around.allow)
        ]
    return tuple(found) or Reading(template.media_type, tuple(template.names.items()))


def _flaws(settings: WebhookSettings, around: Surroundings) -> Iterator[Violation]:
    if settings.object_type_id not in around.object_types:
        yield Violation("webhook.object_type_id", "must be an object type of the account")
    if "\0" in settings.data:  # not every store takes it
        yield Violation("webhook.data", "must hold no NUL character")


def _text(settings: WebhookSettings) -> WebhookText:
    method = webhook_pb2.HttpMethod.Name(webhook_pb2.HttpMethod.ValueType(settings.method))
    return WebhookText(
        url=settings.url,
        method=method.removeprefix("HTTP_METHOD_"),
        headers=settings.headers,
        data=settings.data,
        content_type=settings.content_type,
    )


def _names(object_type_id: int, types: Mapping[int, ObjectTypeSettings]) -> Names:
    """Give the names of a type's fields; where there is no such type, no name is found fault with."""
    if object_type_id not in types:
        return KnownNames({})
    infos = {type_id: ObjectTypeInfo(each.name, field_infos(each)) for type_id, each in types.items()}
    return FieldNames(infos, object_type_id)
