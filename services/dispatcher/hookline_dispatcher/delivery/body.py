"""The body of a request to a subscription: what is stored of the event and of its settings, as the bytes that are sent.

A pure function of the event and of the revision of the settings that its firing froze: every attempt, every redelivery
and whoever looks at the log gets the same bytes. The payload's timestamp is therefore the event's own time, which is
stored with it, and not that of an attempt or a delivery.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from hookline_dispatcher.config.targets import SubscriptionSettings
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.object_data import parse_data
from hookline_plugin import EncodeError, Encoder
from hookline_plugin.payload import PayloadFormat, subscription_payload
from hookline_runtime.isolation.trouble import PluginAway, words_of

FindEncoder = Callable[[str], Encoder | None]
"""The encoder of a media type, None where no plugin has one."""

_FORMATS = {1: PayloadFormat.FULL, 2: PayloadFormat.LIGHTWEIGHT, 3: PayloadFormat.NOTIFY}


UNREADABLE = "the event's data cannot be read"


class Body(NamedTuple):
    """The bytes and the Content-Type that their encoder gives them."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class NotRendered:
    """Why there is no body, in words that hold nothing of the data.

    ``own`` says that a plugin which runs apart is not asked at the moment: that uses up no retry.
    """

    reason: str
    own: bool = False


def render_body(event: Event, frozen: SubscriptionSettings, find_encoder: FindEncoder) -> Body | NotRendered:
    """The body of ``event`` by the settings ``frozen``."""
    encoder = find_encoder(frozen.content_type)
    if encoder is None:
        return NotRendered(f"no plugin encodes {frozen.content_type}")
    try:
        data = parse_data(event.data)
    except ValueError:
        return NotRendered(UNREADABLE)
    try:
        payload = subscription_payload(
            webhook_id=frozen.key.id,
            event_type=event.type,
            params=event.params,
            object_type_id=event.object_type_id,
            object_id=event.object_id,
            data=data,
            occurred_time=event.occurred_time,
            payload_format=_FORMATS.get(frozen.format, PayloadFormat.FULL),
        )
        content: object = encoder.encode(payload)
        if not isinstance(content, bytes):
            return NotRendered(f"{encoder.name} gave {type(content).__name__} instead of bytes")
        return Body(content, encoder.media_type)
    except EncodeError as error:
        return NotRendered(f"{encoder.name} cannot express the data: {error}")
    except (Exception, SystemExit) as error:  # an encoder is a plugin: whatever it raises must not stop the dispatcher
        return NotRendered(f"{encoder.name} {words_of(error)}", isinstance(error, PluginAway))
