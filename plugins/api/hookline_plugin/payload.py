"""The payload of a subscription: what a subscriber receives, before it is encoded.

The shape and the order of its keys are those of the CRM whose integrations this system serves: `webhook_id`,
`object_type_id`, `event`, `data`, `timestamp`. Ids are text, whatever the content type; `timestamp` is an integer of
Unix seconds, which a form-encoded body writes as text like everything else.
"""

from collections.abc import Mapping
from enum import StrEnum

from hookline_plugin.encoder import Payload, Value

CONTACT = 0
"""The object type id of contacts."""

_LIGHTWEIGHT = ("firstname", "lastname", "email")


class PayloadFormat(StrEnum):
    """How much of the object goes along: every field; id, names and email; the id alone."""

    FULL = "full"
    LIGHTWEIGHT = "lightweight"
    NOTIFY = "notify"


def subscription_payload(
    *,
    webhook_id: int,
    event_type: str,
    params: Mapping[str, str],
    object_type_id: int,
    object_id: str,
    data: Payload,
    occurred_time: int,
    payload_format: PayloadFormat = PayloadFormat.FULL,
) -> dict[str, Value]:
    """Build the payload; `webhook_id` is the subscription's id and `occurred_time` microseconds since the epoch.

    `event` holds the type, then every param in the order given. `data` starts with `id`, the id of the object.
    Values of `data` are taken over as they are, not copied; neither a param `type` nor a field `id` replaces ours.
    """
    event: dict[str, Value] = {"type": event_type, **params}
    event["type"] = event_type
    return {
        "webhook_id": str(webhook_id),
        "object_type_id": str(object_type_id),
        "event": event,
        "data": _fields(object_type_id, object_id, data, payload_format),
        "timestamp": occurred_time // 1_000_000,
    }


def _fields(object_type_id: int, object_id: str, data: Payload, payload_format: PayloadFormat) -> dict[str, Value]:
    fields: dict[str, Value] = {"id": object_id}
    if payload_format is PayloadFormat.FULL:
        fields.update(data)
        fields["id"] = object_id
    elif payload_format is PayloadFormat.LIGHTWEIGHT:
        for key in _LIGHTWEIGHT:
            if key in data:
                fields[key] = data[key]
            elif object_type_id == CONTACT:
                fields[key] = ""
    return fields
