"""How what went wrong is answered: status, headers, and no word of the transport."""

from __future__ import annotations

import grpc
import grpc.aio
import pytest

from hookline_gateway import refusals
from hookline_gateway.answers import failure_document
from hookline_gateway.refusals import NoSuchMethod
from hookline_gateway.statuses import CallFailed, failure_of
from hookline_runtime.errors import (
    Aborted,
    HooklineError,
    InvalidArgument,
    NotFound,
    ResourceExhausted,
    Unauthenticated,
    Unavailable,
    Violation,
    status_of,
)

PLACE = "ipv4:10.0.0.1:7701: connection refused"


def called(code: grpc.StatusCode, error: HooklineError | None = None) -> grpc.aio.AioRpcError:
    """What a call raises, with a service's details or with none."""
    trailing = grpc.aio.Metadata()
    words = PLACE
    if error is not None:
        trailing.add("grpc-status-details-bin", status_of(error).SerializeToString())
        words = error.message
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, words)


@pytest.mark.parametrize(
    "error, status",
    [
        (InvalidArgument(Violation("a", "b")), 400),
        (Unauthenticated("who"), 401),
        (NotFound("gone"), 404),
        (Aborted("changed"), 409),
        (ResourceExhausted("full", 2.2), 429),
        (Unavailable("drains", 0.1), 503),
    ],
)
def test_a_refusal_of_a_service_is_passed_on_whole(error: HooklineError, status: int) -> None:
    failure = failure_of(CallFailed("registry", called(error.code, error)))
    assert failure.http_status == status
    assert failure.status == status_of(error)
    assert failure.headers.get("retry-after") == {429: "3", 503: "1"}.get(status)
    assert ("www-authenticate" in failure.headers) == (status == 401)


@pytest.mark.parametrize(
    "code, status, reason, words",
    [
        (grpc.StatusCode.UNAVAILABLE, 503, "REGISTRY_AWAY", "the registry cannot be reached"),
        (grpc.StatusCode.CANCELLED, 503, "REGISTRY_AWAY", "the registry cannot be reached"),
        (grpc.StatusCode.DEADLINE_EXCEEDED, 504, "DEADLINE_EXCEEDED", "the answer took too long"),
        (grpc.StatusCode.UNIMPLEMENTED, 501, "UNIMPLEMENTED", "this installation does not offer the operation"),
        (grpc.StatusCode.INTERNAL, 500, "INTERNAL", "the registry failed"),
        (grpc.StatusCode.UNKNOWN, 500, "UNKNOWN", "the registry failed"),
    ],
)
def test_what_the_transport_says_is_told_in_other_words(
    code: grpc.StatusCode, status: int, reason: str, words: str
) -> None:
    failure = failure_of(CallFailed("registry", called(code)))
    assert (failure.http_status, failure.status.message) == (status, words)
    document = failure_document(failure)
    assert document["details"][0]["reason"] == reason
    assert PLACE not in str(document)


def test_a_fault_of_our_own_is_told_by_an_id_alone() -> None:
    failure = failure_of(KeyError("a secret"))
    assert failure.http_status == 500
    assert failure.status.message.startswith("internal error ")
    assert "secret" not in str(failure_document(failure))


def test_a_refusal_of_http_has_its_status_and_headers() -> None:
    failure = failure_of(NoSuchMethod("no", headers={"allow": "GET"}))
    assert (failure.http_status, failure.headers) == (405, {"allow": "GET"})


@pytest.mark.parametrize(
    "kind, status",
    [
        (refusals.NoSuchRoute, 404),
        (refusals.NoSuchMethod, 405),
        (refusals.BodyTooSlow, 408),
        (refusals.TooSlow, 504),
        (refusals.BodyTooLarge, 413),
        (refusals.UnsupportedType, 415),
        (refusals.BadJson, 400),
        (refusals.Unreadable, 400),
        (refusals.Unprocessable, 422),
        (refusals.NoSuchRecord, 404),
        (refusals.NotForThisKey, 403),
        (refusals.TooManyRequests, 429),
        (refusals.ForeignPage, 403),
    ],
)
def test_every_refusal_has_its_status_and_reason(kind: type[refusals.HttpRefusal], status: int) -> None:
    failure = failure_of(kind("no"))
    assert failure.http_status == status
    assert failure_document(failure)["details"][0]["reason"] == kind.why
    assert failure_document(failure_of(kind("no", reason="OF_ITS_OWN")))["details"][0]["reason"] == "OF_ITS_OWN"
