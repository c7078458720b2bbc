"""What went wrong, said to a person: one line, then one line per violation; never a traceback."""

import socket
from collections.abc import Sequence

import grpc
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2, status_pb2

_STATUS_KEY = "grpc-status-details-bin"
_PLAIN_WORDS = {
    grpc.StatusCode.UNAUTHENTICATED: "the key is not accepted",
    grpc.StatusCode.PERMISSION_DENIED: "the key may not do that",
    grpc.StatusCode.DEADLINE_EXCEEDED: "no answer in time",
}


class CliError(Exception):
    """An expected failure: its lines are all that the person needs. The exit status is 1."""

    def __init__(self, message: str, *details: str) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def lines(self) -> list[str]:
        """What is printed on standard error."""
        return [self.message, *(f"  {detail}" for detail in self.details)]


class Interrupted(Exception):
    """A signal ended the command before it was done."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def why(error: OSError) -> str:
    """What the system says about a file or an address, in a few words."""
    return (error.strerror or str(error)).lower()


def violations(status: status_pb2.Status) -> list[str]:
    """Each violation of a status as `field: reason`, plus how long to wait where the server said so."""
    lines: list[str] = []
    for detail in status.details:
        bad_request, retry = error_details_pb2.BadRequest(), error_details_pb2.RetryInfo()
        quota = error_details_pb2.QuotaFailure()
        if detail.Unpack(bad_request):
            lines += [f"{each.field}: {each.description}" for each in bad_request.field_violations]
        elif detail.Unpack(quota):
            lines += [f"{each.subject}: {each.description}" for each in quota.violations]
        elif detail.Unpack(retry):
            seconds = retry.retry_delay.ToTimedelta().total_seconds()
            lines.append(f"try again in {seconds:g} s")
    return lines


def details_of(error: grpc.aio.AioRpcError) -> list[str]:
    """The violations that came along with an error."""
    status = rich_status(error)
    return [] if status is None else violations(status)


def rich_status(error: grpc.aio.AioRpcError) -> status_pb2.Status | None:
    """The google.rpc.Status that came along with an error, if one did."""
    for key, value in error.trailing_metadata() or ():
        if key == _STATUS_KEY and isinstance(value, bytes):
            try:
                return status_pb2.Status.FromString(value)
            except DecodeError:
                return None
    return None


def retry_delay(status: status_pb2.Status | None) -> float | None:
    """The seconds that the server asks to wait, if it does."""
    info = error_details_pb2.RetryInfo()
    for detail in () if status is None else status.details:
        if detail.Unpack(info):
            return float(info.retry_delay.ToTimedelta().total_seconds())
    return None


def from_rpc(error: grpc.aio.AioRpcError, server: str, address: str) -> CliError:
    """The error for a person: an unreachable server names its address and how to start it."""
    if error.code() is grpc.StatusCode.UNAVAILABLE and not _listens(address):
        return CliError(f"no {server} answers at {address}: start it with `hookline up`")
    code = error.code().name
    words = _PLAIN_WORDS.get(error.code(), code.lower().replace("_", " "))
    details = [_with_flag(each) for each in details_of(error)]
    return CliError(_headline(words, error.details() or "", code, details), *details)


def _headline(words: str, text: str, code: str, details: Sequence[str]) -> str:
    first = text.strip().splitlines()[0] if text.strip() else ""
    if not first or any(each.partition(" (--")[0] in first for each in details):
        return f"{words} ({code})"
    return f"{words}: {first} ({code})"


def _with_flag(violation: str) -> str:
    """The violation with the flag that mends it, where a person may not guess it."""
    return f"{violation} (--account ID)" if violation.startswith("account_id: is required") else violation


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=1).close()
    except (OSError, ValueError):
        return False
    return True
