"""What every answer looks like: ``{"code":0,"data":…,"account_id":…}``, and of a refusal its status as code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.rpc import code_pb2, error_details_pb2, status_pb2
from starlette.responses import Response

from hookline_gateway.answers import json_answer
from hookline_gateway.statuses import CallFailed, Failure, failure_of

_NEVER_KEPT = {"cache-control": "no-store"}
_OF_BACKENDS = {400: 422, 409: 422, 429: 503, 499: 503, 501: 500, 504: 503}
"""Statuses of services that this API says otherwise: what was read and refused is 422, and 429 the account's limit."""


def done(data: object, account_id: int, headers: Mapping[str, str]) -> Response:
    """What was asked for."""
    return json_answer({"code": 0, "data": data, "account_id": account_id}, 200, {**_NEVER_KEPT, **headers})


def refused(error: Exception, account_id: int | None, headers: Mapping[str, str]) -> Response:
    """Why it was not done; ``account_id`` where it is known who asked."""
    failure = failure_of(error)
    status = _status_of_backend(failure) if isinstance(error, CallFailed) else failure.http_status
    # Names of the contract's messages mean nothing to who fills in a form.
    words = failure.status.message.replace("subscription.", "")
    document: dict[str, Any] = {"code": status, "data": None, "error": words}
    if account_id is not None:
        document["account_id"] = account_id
    more = dict(failure.headers)
    if status == 503:
        more.setdefault("retry-after", "1")
    return json_answer(document, status, {**_NEVER_KEPT, **headers, **more})


def _status_of_backend(failure: Failure) -> int:
    if failure.status.code == code_pb2.FAILED_PRECONDITION and _reason(failure.status) == "PLAN_LIMIT":
        return 403
    return _OF_BACKENDS.get(failure.http_status, failure.http_status)


def _reason(status: status_pb2.Status) -> str:
    info = error_details_pb2.ErrorInfo()
    for detail in status.details:
        if detail.Unpack(info):
            return str(info.reason)
    return ""
