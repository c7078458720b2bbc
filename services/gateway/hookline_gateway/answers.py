"""Answers in JSON, those that tell of a failure among them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from google.protobuf import json_format
from starlette.responses import Response

from hookline_gateway.statuses import Failure

JSON = "application/json"


def json_answer(document: Any, http_status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A document as JSON."""
    return Response(orjson.dumps(document), http_status, headers, JSON)


def failure_answer(failure: Failure) -> Response:
    """A failure as ``google.rpc.Status``; it may be over a moment later, so nobody keeps it."""
    return json_answer(failure_document(failure), failure.http_status, {"cache-control": "no-store", **failure.headers})


def failure_document(failure: Failure) -> dict[str, Any]:
    """What the body of a failure says."""
    document: dict[str, Any] = json_format.MessageToDict(
        failure.status, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return document
