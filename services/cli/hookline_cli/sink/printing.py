"""Showing a received request: to a person, and as one JSON line."""

from collections.abc import Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.text import Text

from hookline_cli.printable import printable
from hookline_cli.sink.bin import Counts, Received
from hookline_cli.sink.layout import Unreadable, laid_out

_SHOWN_BODY = 4000


def as_json(received: Received) -> dict[str, Any]:
    """The request as a JSON object; a body that is not UTF-8 shows its bytes by replacement characters."""
    request = received.request
    return {
        "receive_time": received.receive_time,
        "method": request.method,
        "target": request.target,
        "status": received.status,
        "webhook_id": request.headers.get("webhook-id"),
        "verified": received.verified,
        "refusal": received.refusal,
        "headers": request.headers,
        "body": request.body.decode("utf-8", "replace"),
    }


def counts_json(counts: Counts) -> dict[str, Any]:
    """The counts as a JSON object."""
    return {
        "received": counts.received,
        "verified": counts.verified,
        "not_verified": counts.not_verified,
        "statuses": {str(status): number for status, number in sorted(counts.statuses.items())},
        "paths": dict(sorted(counts.paths.items())),
    }


def headline(received: Received) -> Text:
    """One line: what came and how it was answered."""
    request = received.request
    line = Text()
    line.append(printable(f"{request.method} {request.target}"), style="bold")
    line.append(f" -> {received.status}", style="green" if received.status < 300 else "red")
    line.append(printable(f"  {request.headers.get('webhook-id', 'no webhook-id')}"), style="dim")
    if received.verified is True:
        line.append("  signature verified", style="green")
    elif received.verified is False:
        line.append(printable(f"  signature refused: {received.refusal}"), style="red")
    return line


def rendering(received: Received) -> RenderableType:
    """The headline and the body, laid out by its content type."""
    body, language = pretty_body(received.request.headers, received.request.body)
    if not body:
        return headline(received)
    shown = body if len(body) <= _SHOWN_BODY else body[:_SHOWN_BODY] + "\n…"
    return Group(headline(received), Syntax(shown, language, background_color="default", word_wrap=True), "")


def pretty_body(headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
    """The body for a person, and the language it is in; what cannot be laid out is shown as it came."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        text, language = laid_out(media_type, body)
    except Unreadable:
        text, language = body.decode("utf-8", "replace"), "text"
    return printable(text), language
