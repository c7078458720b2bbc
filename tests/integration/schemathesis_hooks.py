"""What Schemathesis has to be told of this API: how JSON lines are written."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def json_lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Lines as they are; the document says no more of them than that they are a text."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")
