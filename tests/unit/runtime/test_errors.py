from __future__ import annotations

import io
import json
from typing import Any

import grpc
import pytest
import structlog
from google.rpc import error_details_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_runtime import errors, logs
from hookline_runtime.errors import HooklineError, InvalidArgument, Violation, status_of
from tests.unit.runtime.rig import TARGET, failure, get_target, running, shows, targets

CODES = [
    (errors.Unauthenticated("x"), "UNAUTHENTICATED", "UNAUTHENTICATED"),
    (errors.PermissionDenied("x"), "PERMISSION_DENIED", "PERMISSION_DENIED"),
    (errors.NotFound("x"), "NOT_FOUND", "NOT_FOUND"),
    (errors.AlreadyExists("x", reason="EVENT_DIFFERS"), "ALREADY_EXISTS", "EVENT_DIFFERS"),
    (errors.FailedPrecondition("x"), "FAILED_PRECONDITION", "FAILED_PRECONDITION"),
    (errors.Aborted("x"), "ABORTED", "ABORTED"),
    (errors.OutOfRange("x"), "OUT_OF_RANGE", "OUT_OF_RANGE"),
    (errors.Unimplemented("x"), "UNIMPLEMENTED", "UNIMPLEMENTED"),
    (errors.Internal("x"), "INTERNAL", "INTERNAL"),
    (errors.ResourceExhausted("x", 2.5), "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"),
    (errors.Unavailable("x", 2.5, reason="DRAINING"), "UNAVAILABLE", "DRAINING"),
    (InvalidArgument(Violation("a", "is bad")), "INVALID_ARGUMENT", "INVALID_ARGUMENT"),
]


async def seen(error: BaseException) -> Any:
    """What a client sees of an error that a servicer raises."""

    async def get(request: Any) -> Any:
        raise error

    async with running(targets(get)) as (_, channel):
        return await failure(get_target(channel)(TARGET, metadata=shows("all")))


@pytest.mark.parametrize("error, code, reason", CODES, ids=[type(row[0]).__name__ for row in CODES])
async def test_a_client_sees_code_reason_and_domain(error: HooklineError, code: str, reason: str) -> None:
    found = await seen(error)
    assert found.code is grpc.StatusCode[code]
    assert found.message == error.message
    assert (found.info.reason, found.info.domain) == (reason, "hookline")


@pytest.mark.parametrize("kind", [errors.ResourceExhausted, errors.Unavailable])
async def test_what_is_worth_repeating_says_when(kind: Any) -> None:
    found = await seen(kind("later", 2.5))
    assert found.detail(error_details_pb2.RetryInfo).retry_delay.ToMilliseconds() == 2500


async def test_a_quota_is_named() -> None:
    found = await seen(errors.ResourceExhausted("too many", 1, "pending deliveries"))
    (violation,) = found.detail(error_details_pb2.QuotaFailure).violations
    assert (violation.subject, violation.description) == ("pending deliveries", "too many")


async def test_every_field_that_is_wrong_is_named() -> None:
    found = await seen(InvalidArgument(Violation("url", "is relative"), Violation("", "makes no sense")))
    assert found.fields == {"url": "is relative", "": "makes no sense"}
    assert found.message == "url: is relative; makes no sense"


async def test_metadata_reaches_the_client() -> None:
    found = await seen(errors.NotFound("x", metadata={"field": "id"}))
    assert dict(found.info.metadata) == {"field": "id"}


async def test_an_unknown_exception_shows_an_error_id_and_nothing_of_itself() -> None:
    stream = io.BytesIO()
    logs.configure("info", stream)
    try:
        found = await seen(RuntimeError("password is hunter2"))
    finally:
        structlog.reset_defaults()
    error_id = found.info.metadata["error_id"]
    assert found.code is grpc.StatusCode.INTERNAL
    assert found.message == f"internal error {error_id}"
    assert b"hunter2" not in found.status.SerializeToString()
    (line,) = [each for each in map(json.loads, stream.getvalue().splitlines()) if each["level"] == "error"]
    assert line["error_id"] == error_id
    assert "hunter2" in line["exception"]
    assert "Traceback" in line["exception"]


def test_a_group_of_known_errors_counts_as_the_first() -> None:
    group = ExceptionGroup("", [ExceptionGroup("", [errors.NotFound("gone")]), errors.Aborted("late")])
    assert status_of(group).message == "gone"


def test_a_group_with_an_unknown_error_is_internal() -> None:
    group = ExceptionGroup("", [errors.NotFound("gone"), ValueError("oops")])
    with structlog.testing.capture_logs():
        assert status_of(group).code == grpc.StatusCode.INTERNAL.value[0]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.text(max_size=2000), st.text(max_size=2000)), max_size=40))
def test_a_status_always_fits_the_trailing_metadata(pairs: list[tuple[str, str]]) -> None:
    status = status_of(InvalidArgument(*(Violation(*pair) for pair in pairs)))
    assert status.ByteSize() < 4096


async def test_a_long_and_foreign_text_reaches_the_client_cut() -> None:
    found = await seen(
        InvalidArgument(*(Violation(f"feld[{i}]", "größer \N{GRINNING FACE}\n" * 200) for i in range(50)))
    )
    assert found.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "feld[0]" in found.fields
    assert len(found.message.encode()) <= errors.MAX_TEXT_BYTES


def test_lone_surrogates_do_no_harm() -> None:
    assert status_of(InvalidArgument(Violation("\ud800", "is bad"))).message == "?: is bad"
