import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2

from hookline_cli.failure import from_rpc, retry_delay


def rpc_error(
    code: grpc.StatusCode, text: str, status: status_pb2.Status | None = None, raw: bytes | None = None
) -> grpc.aio.AioRpcError:
    trailing = grpc.aio.Metadata()
    if status is not None or raw is not None:
        trailing.add("grpc-status-details-bin", raw or (status.SerializeToString() if status else b""))
    return grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing, text)


def bad_request(*pairs: tuple[str, str]) -> status_pb2.Status:
    detail = error_details_pb2.BadRequest()
    for field, description in pairs:
        detail.field_violations.add(field=field, description=description)
    status = status_pb2.Status(code=3)
    status.details.add().Pack(detail)
    return status


def test_each_violation_stands_in_its_own_line() -> None:
    status = bad_request(("subscription.url", "must be absolute"), ("subscription.event", "is not known"))
    error = from_rpc(rpc_error(grpc.StatusCode.INVALID_ARGUMENT, "2 fields are wrong", status), "registry", "a:1")
    assert error.lines() == [
        "invalid argument: 2 fields are wrong (INVALID_ARGUMENT)",
        "  subscription.url: must be absolute",
        "  subscription.event: is not known",
    ]


def test_a_message_that_repeats_its_only_violation_is_said_once() -> None:
    status = bad_request(("url", "is empty"))
    error = from_rpc(rpc_error(grpc.StatusCode.INVALID_ARGUMENT, "url: is empty", status), "registry", "a:1")
    assert error.lines() == ["invalid argument (INVALID_ARGUMENT)", "  url: is empty"]


@pytest.mark.parametrize(
    ("code", "text", "said"),
    [
        (grpc.StatusCode.NOT_FOUND, "no such subscription", "not found: no such subscription (NOT_FOUND)"),
        (grpc.StatusCode.UNAUTHENTICATED, "", "the key is not accepted (UNAUTHENTICATED)"),
        (grpc.StatusCode.INTERNAL, "one\ntwo", "internal: one (INTERNAL)"),
    ],
)
def test_codes_in_words(code: grpc.StatusCode, text: str, said: str) -> None:
    assert from_rpc(rpc_error(code, text), "registry", "a:1").lines() == [said]


def test_details_that_are_garbage_do_no_harm() -> None:
    error = from_rpc(rpc_error(grpc.StatusCode.ABORTED, "again", raw=b"\xff\xff"), "registry", "a:1")
    assert error.lines() == ["aborted: again (ABORTED)"]


def test_how_long_to_wait() -> None:
    info = error_details_pb2.RetryInfo()
    info.retry_delay.FromMilliseconds(1500)
    status = status_pb2.Status(code=8)
    status.details.add().Pack(info)
    assert retry_delay(status) == 1.5
    assert retry_delay(None) is None
    error = from_rpc(rpc_error(grpc.StatusCode.RESOURCE_EXHAUSTED, "full", status), "dispatcher", "a:1")
    assert error.lines()[1] == "  try again in 1.5 s"
