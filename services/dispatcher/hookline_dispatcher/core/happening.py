"""An event as trigger sources are told of it."""

from __future__ import annotations

from hookline_plugin.encoder import Payload
from hookline_plugin.trigger import Happening

from .event import Event
from .tags import tags_after


def happening_of(event: Event, data: Payload, now: int) -> Happening:
    """What happened; ``data`` are the event's, read the way in which the source is to see numbers."""
    return Happening(
        type=event.type,
        params=dict(event.params),  # whoever changes it does not change what is stored
        object_type_id=event.object_type_id,
        object_id=event.object_id,
        data=data,
        changed_fields=event.changed_fields,
        tags=tags_after(event),
        occurred_time=event.occurred_time,
        now=now,
        object_version=event.object_version,
    )
