"""What Schemathesis has to be told of this API: how JSON lines are written, and what is a 503 by design."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def json_lines(context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Lines as they are; the document says no more of them than that they are a text."""
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    """Leaves out a revision to wait for: one that never comes is UNAVAILABLE after five seconds, by its comment."""
    for fields in (case.query, case.body):
        if isinstance(fields, dict):
            fields.pop("min_config_revision", None)
