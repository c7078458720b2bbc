"""The ``data`` of a subscription: a JSON text with the options of its payload, read and written. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from hookline.registry.v1 import subscription_pb2

from hookline_gateway.ontraport.parameters import Value
from hookline_gateway.refusals import Unprocessable

FORMATS = {
    "full": subscription_pb2.PAYLOAD_FORMAT_FULL,
    "lightweight": subscription_pb2.PAYLOAD_FORMAT_LIGHTWEIGHT,
    "notify": subscription_pb2.PAYLOAD_FORMAT_NOTIFY,
}
_WORDS = {number: word for word, number in FORMATS.items()}
_DEFAULT_TYPE = "application/x-www-form-urlencoded"
MOST_CHARACTERS = 4096


@dataclass(frozen=True, slots=True)
class Options:
    """How a subscription's requests look; ``content_type`` is empty for form-encoded ones."""

    format: subscription_pb2.PayloadFormat.ValueType = subscription_pb2.PAYLOAD_FORMAT_FULL
    content_type: str = ""


def read_options(value: Value) -> Options:
    """The options; an empty text asks for every field, form-encoded.

    Raises:
        Unprocessable: it is no JSON object of these options.
    """
    if isinstance(value, str) and not value.strip():
        return Options()
    read = _object(value) if isinstance(value, str) else value
    if not isinstance(read, dict):
        raise _refused()
    unknown = sorted(set(read) - {"format", "content_type"})
    if unknown:
        raise Unprocessable(f"data has options named format and content_type, not {unknown[0][:64]}")
    written, content_type = read.get("format") or "full", read.get("content_type") or ""
    format_ = FORMATS.get(written.lower()) if isinstance(written, str) else None
    if format_ is None or not isinstance(content_type, str):
        raise Unprocessable(f"data has a format that is one of {', '.join(FORMATS)}, and a content_type that is a text")
    return Options(format_, content_type)


def written(subscription: subscription_pb2.Subscription) -> str:
    """The options of a subscription as they are shown; empty where they are the default."""
    shown: dict[str, str] = {}
    word = _WORDS.get(subscription.format, "full")
    if word != "full":
        shown["format"] = word
    if subscription.content_type not in ("", _DEFAULT_TYPE):
        shown["content_type"] = subscription.content_type
    return orjson.dumps(shown).decode() if shown else ""


def _object(text: str) -> object:
    if len(text) > MOST_CHARACTERS:
        raise Unprocessable(f"data must have at most {MOST_CHARACTERS} characters")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise _refused() from None


def _refused() -> Unprocessable:
    return Unprocessable('data must be a JSON object such as {"format":"lightweight"}')
