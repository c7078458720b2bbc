"""A sample event that fits a subscription, for tests of a target: pure, and the same every time."""

from __future__ import annotations

import orjson

from hookline_dispatcher.config.targets import CONTACT, TargetSettings
from hookline_dispatcher.core.event import Event
from hookline_plugin.catalogue import OBJECT_TYPE_ID, event_type

ANY_NUMBER = "1"

_CONTACT = {"id": "1", "firstname": "Mary", "lastname": "Smith", "email": "mary.smith@example.com"}
_OBJECT = {"id": "1", "name": "Sample"}


def sample_event(settings: TargetSettings, now: int) -> Event:
    """An event that the subscription would fire for; its type and number are the subscription's."""
    kind = event_type(settings.event)
    param = kind.number_param if kind else None
    object_type_id, params = CONTACT, {}
    if param == OBJECT_TYPE_ID:
        object_type_id = int(settings.number or CONTACT)
    elif param is not None:
        params[param] = settings.number or ANY_NUMBER
    return Event(
        account_id=settings.key.account_id,
        id="sample",
        type=settings.event,
        object_type_id=object_type_id,
        object_id="1",
        data=orjson.dumps(_CONTACT if object_type_id == CONTACT else _OBJECT),
        params=params,
        occurred_time=now,
    )
