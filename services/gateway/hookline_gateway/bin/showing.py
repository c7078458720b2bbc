"""Bins and their requests as JSON. What strangers sent is shown as text, or in base64 where it is none."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import orjson

from hookline_gateway.bin.model import Bin, Kept
from hookline_runtime.signature_check import TOLERANCE_SECONDS

_MOST_FIELDS = 1000
_SECOND = 1_000_000


def bin_document(shown: Bin, url: str) -> dict[str, Any]:
    """A bin; its secret is never shown, only whether it has one."""
    return {
        "id": shown.id,
        "url": url,
        "expires_time": rfc3339(shown.expire_time),
        "status": shown.status,
        "has_secret": bool(shown.secret),
    }


def request_document(kept: Kept) -> dict[str, Any]:
    """One request, with its body as text and decoded."""
    arrival = kept.arrival
    text = _text(arrival.body, whole="body" not in arrival.cut)
    return {
        "number": kept.number,
        "receive_time": rfc3339(arrival.receive_time),
        "method": arrival.method,
        "path": arrival.path,
        "query": arrival.query,
        "headers": arrival.headers,
        "body": base64.b64encode(arrival.body).decode() if text is None else text,
        "body_encoding": "base64" if text is None else "utf-8",
        "size": arrival.size,
        "complete": arrival.complete,
        "cut": arrival.cut,
        **_decoded(kept, text),
        "signature": _signature(kept),
        "webhook_id": arrival.webhook_id or None,
        "attempt": kept.attempt,
    }


def rfc3339(micros: int) -> str:
    """A time in microseconds since the epoch as RFC 3339 writes it."""
    moment = datetime.fromtimestamp(micros // _SECOND, UTC).replace(microsecond=micros % _SECOND)
    return moment.isoformat().replace("+00:00", "Z")


def _text(body: bytes, *, whole: bool) -> str | None:
    """The body as text, or None where it is binary; a cut may have gone through a character."""
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        if whole or error.start < len(body) - 3 or error.reason != "unexpected end of data":
            return None
        return body[: error.start].decode()


def _decoded(kept: Kept, text: str | None) -> dict[str, Any]:
    """The fields of a form, and the value of a JSON text as it stands there, digit for digit."""
    arrival = kept.arrival
    none: dict[str, Any] = {"form": None, "json": None}
    if text is None or "body" in arrival.cut:
        return none
    types = [value for name, value in arrival.headers if name == "content-type"]
    media_type = types[0].partition(";")[0].strip().lower() if types else ""
    try:
        if media_type == "application/x-www-form-urlencoded":
            return none | {"form": parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)}
        if media_type.endswith(("/json", "+json")):
            orjson.loads(arrival.body)
            return none | {"json": orjson.Fragment(arrival.body)}
    except ValueError:
        pass
    return none


def _signature(kept: Kept) -> dict[str, Any]:
    """What is known of the signature; ``in_time`` says whether its timestamp is within the tolerance."""
    timestamp = kept.arrival.timestamp
    off = None if timestamp is None else round(kept.arrival.receive_time / _SECOND - timestamp, 3)
    return {
        "verdict": kept.arrival.verdict,
        "timestamp": timestamp,
        "seconds_off": off,
        "in_time": None if off is None else abs(off) <= TOLERANCE_SECONDS,
        "tolerance_seconds": TOLERANCE_SECONDS,
    }
