"""A sample event that fits a target, for tests of it: pure, and the same every time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from hookline_dispatcher.config.account import CONTACT
from hookline_dispatcher.config.targets import SubscriptionSettings, TargetSettings, WebhookSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.object_data import parse_data
from hookline_plugin.catalogue import OBJECT_CREATE, OBJECT_TYPE_ID, event_type
from hookline_runtime.errors import InvalidArgument, Violation

from .event_data import fault_of

ANY_NUMBER = "1"
OBJECT_ID = "1"

_CONTACT = {"id": OBJECT_ID, "firstname": "Mary", "lastname": "Smith", "email": "mary.smith@example.com"}
_OBJECT = {"id": OBJECT_ID, "name": "Sample"}
_ANY_VALUE = "Sample"


def sample_event(settings: TargetSettings, now: int) -> Event:
    """An event that a subscription would fire for, or one that has a value for every merge field of a webhook."""
    if isinstance(settings, WebhookSettings):
        return _of_webhook(settings, now)
    return _of_subscription(settings, now)


def sample_of_data(settings: WebhookSettings, data: bytes, now: int) -> Event:
    """An event for a webhook about an object that has these data, and the id among them if there is one.

    Raises:
        InvalidArgument: they are not what an event may have.
    """
    if fault := fault_of(data):
        raise InvalidArgument(Violation("data", fault))
    id_ = parse_data(data).get("id")
    known = isinstance(id_, (str, int)) and not isinstance(id_, bool) and str(id_) != ""
    return _of_webhook(settings, now)._replace(object_id=str(id_) if known else OBJECT_ID, data=data)


def _of_subscription(settings: SubscriptionSettings, now: int) -> Event:
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
        object_id=OBJECT_ID,
        data=orjson.dumps(_CONTACT if object_type_id == CONTACT else _OBJECT),
        params=params,
        occurred_time=now,
    )


def _of_webhook(settings: WebhookSettings, now: int) -> Event:
    data: dict[str, Any] = dict(_CONTACT if settings.object_type_id == CONTACT else _OBJECT)
    for _, path in settings.names:
        if path:
            _put(data, path)
    return Event(
        account_id=settings.key.account_id,
        id="sample",
        type=OBJECT_CREATE,
        object_type_id=settings.object_type_id,
        object_id=OBJECT_ID,
        data=orjson.dumps(data),
        occurred_time=now,
    )


def _put(data: dict[str, Any], path: Iterable[str]) -> None:
    """Has a value where a path leads; an object on the way stands in place of a value."""
    *way, last = path
    for key in way:
        if not isinstance(data.get(key), dict):
            data[key] = {}
        data = data[key]
    data.setdefault(last, _CONTACT.get(last, _ANY_VALUE))
