"""The body of a request: what is stored of the event and of the target's settings, as the bytes that are sent.

A pure function of the event and of the revision of the settings that its firing froze: every attempt, every redelivery
and whoever looks at the log gets the same bytes. The payload's timestamp is therefore the event's own time, which is
stored with it, and not that of an attempt or a delivery.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, cast

import orjson

from hookline_dispatcher.config.targets import TargetSettings
from hookline_dispatcher.core.event import Event
from hookline_plugin import EncodeError, Encoder, Payload
from hookline_plugin.payload import PayloadFormat, subscription_payload

FindEncoder = Callable[[str], Encoder | None]
"""The encoder of a media type, None where no plugin has one."""

_FORMATS = {1: PayloadFormat.FULL, 2: PayloadFormat.LIGHTWEIGHT, 3: PayloadFormat.NOTIFY}
# Where orjson reads an integer beyond 64 bits it makes it a float: such data go through the standard library.
# Turning every digit into a nought finds a long run of them ten times faster than a regular expression.
_TO_NOUGHTS = bytes.maketrans(b"123456789", b"000000000")
_LONG_RUN = b"0" * 19


class Body(NamedTuple):
    """The bytes and the Content-Type that their encoder gives them."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class NotRendered:
    """Why there is no body, in words that hold nothing of the data."""

    reason: str


def parse_data(data: bytes) -> Payload:
    """The fields of an event, with every digit of their integers.

    Raises:
        ValueError: it is not a JSON object.
    """
    if not data:
        return {}
    fields = json.loads(data) if _LONG_RUN in data.translate(_TO_NOUGHTS) else orjson.loads(data)
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    return cast("Payload", fields)


def render_body(event: Event, frozen: TargetSettings, find_encoder: FindEncoder) -> Body | NotRendered:
    """The body of ``event`` by the settings ``frozen``."""
    encoder = find_encoder(frozen.content_type)
    if encoder is None:
        return NotRendered(f"no plugin encodes {frozen.content_type}")
    try:
        data = parse_data(event.data)
    except ValueError:
        return NotRendered("the event's data cannot be read")
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
        return NotRendered(f"{encoder.name} failed with {type(error).__name__}")
