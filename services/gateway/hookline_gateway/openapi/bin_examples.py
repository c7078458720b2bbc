"""Examples of what request bins answer."""

from __future__ import annotations

from typing import Any, Final

import orjson

from hookline_gateway.json_api.event_stream import numbered_event

Document = dict[str, Any]

ID: Final = "6o1Tq0yVwYb8nLZ0dXo2C5k3uJ7mE4sA"

_BIN: Final[Document] = {
    "id": ID,
    "url": f"https://hookline.example/bin/{ID}",
    "expires_time": "2026-03-02T09:30:00Z",
    "status": 200,
    "has_secret": True,
}
_REQUEST: Final[Document] = {
    "number": 1,
    "receive_time": "2026-03-01T09:30:00Z",
    "method": "POST",
    "path": f"/bin/{ID}",
    "query": "",
    "headers": [["content-type", "application/x-www-form-urlencoded"], ["webhook-id", "msg_1"]],
    "body": "First_Name=Mary",
    "body_encoding": "utf-8",
    "size": 15,
    "complete": True,
    "cut": [],
    "form": [["First_Name", "Mary"]],
    "json": None,
    "signature": {
        "verdict": "verified",
        "timestamp": 1772357400,
        "seconds_off": 0.2,
        "in_time": True,
        "tolerance_seconds": 300,
    },
    "webhook_id": "msg_1",
    "attempt": 1,
}

EXAMPLES: Final[Document] = {
    "Bin": _BIN,
    "BinPage": {"bin": _BIN, "requests": [_REQUEST], "next_page_token": ""},
}
"""By the name of the schema."""

EVENT: Final = numbered_event(1, orjson.dumps(_REQUEST)).decode()
"""One of the events of a bin that is followed."""
