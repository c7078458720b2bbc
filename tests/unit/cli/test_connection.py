from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2, status_pb2
from hookline.registry.v1 import subscription_pb2, subscription_pb2_grpc

from hookline_cli.connection import Connection
from hookline_cli.failure import CliError
from hookline_runtime.tls.files import ClientFiles
from hookline_runtime.tls.rpc import server_credentials
from tests.unit.runtime.tls.certificates import Place, place


class Registry(subscription_pb2_grpc.SubscriptionServiceServicer):
    """Is unavailable for the first calls, with or without saying when to try again; then lists ten in pages."""

    def __init__(self, failures: int = 0, retry_millis: int | None = None) -> None:
        self.calls, self.failures, self.retry_millis = 0, failures, retry_millis

    async def ListSubscriptions(self, request: Any, context: Any) -> Any:
        self.calls += 1
        if self.calls <= self.failures:
            status = status_pb2.Status(code=14, message="not yet")
            if self.retry_millis is not None:
                info = error_details_pb2.RetryInfo()
                info.retry_delay.FromMilliseconds(self.retry_millis)
                status.details.add().Pack(info)
            trailing = (("grpc-status-details-bin", status.SerializeToString()),)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "not yet", trailing)
        begin = int(request.page_token or 0)
        end = min(10, begin + request.page_size)
        items = [subscription_pb2.Subscription(id=number) for number in range(begin + 1, end + 1)]
        token = str(end) if end < 10 else ""
        return subscription_pb2.ListSubscriptionsResponse(subscriptions=items, next_page_token=token)

    async def GetSubscription(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    CreateSubscription = UpdateSubscription = DeleteSubscription = RotateSecret = GetSubscription


@asynccontextmanager
async def serving(
    registry: Registry, made: Place | None = None, tls: ClientFiles | None = None
) -> AsyncIterator[Connection]:
    server = grpc.aio.server()
    subscription_pb2_grpc.add_SubscriptionServiceServicer_to_server(registry, server)
    if made is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        port = server.add_secure_port("127.0.0.1:0", server_credentials(made.server(mutual=True)))
    await server.start()
    try:
        async with Connection("registry", f"127.0.0.1:{port}", "k", "a", tls) as connection:
            yield connection
    finally:
        await server.stop(None)


async def listed(registry: Registry, limit: int, page_size: int = 1000) -> tuple[list[int], bool]:
    async with serving(registry) as connection:
        stub = subscription_pb2_grpc.SubscriptionServiceStub(connection.channel)
        request = subscription_pb2.ListSubscriptionsRequest()
        found, more = await connection.pages(
            stub.ListSubscriptions, request, lambda page: page.subscriptions, limit, page_size
        )
    return [each.id for each in found], more


@pytest.mark.parametrize(
    ("limit", "page_size", "count", "more", "calls"),
    [(0, 3, 10, False, 4), (4, 3, 4, True, 2), (3, 3, 3, True, 1), (10, 1000, 10, False, 1), (50, 4, 10, False, 3)],
)
async def test_pages_are_put_together(limit: int, page_size: int, count: int, more: bool, calls: int) -> None:
    registry = Registry()
    assert await listed(registry, limit, page_size) == (list(range(1, count + 1)), more)
    assert registry.calls == calls


async def test_a_server_that_says_when_to_try_again_is_asked_again() -> None:
    registry = Registry(failures=2, retry_millis=10)
    assert await listed(registry, 1) == ([1], True)
    assert registry.calls == 3


@pytest.mark.parametrize("retry_millis", [None, 3_600_000])
async def test_otherwise_it_is_said(retry_millis: int | None) -> None:
    registry = Registry(failures=1, retry_millis=retry_millis)
    with pytest.raises(CliError, match="unavailable: not yet"):
        await listed(registry, 1)
    assert registry.calls == 1


async def test_services_under_tls_are_believed_by_files_and_shown_a_certificate(tmp_path: Path) -> None:
    made = place(tmp_path, "server", "me")
    request = subscription_pb2.ListSubscriptionsRequest(page_size=10)
    for tls, refused in ((made.client("me"), False), (made.client(), True), (None, True)):
        async with serving(Registry(), made, tls) as connection:
            stub = subscription_pb2_grpc.SubscriptionServiceStub(connection.channel)
            if refused:
                with pytest.raises(CliError, match="UNAVAILABLE"):
                    await connection.answer(stub.ListSubscriptions, request)
            else:
                assert len((await connection.answer(stub.ListSubscriptions, request)).subscriptions) == 10
    made.ca.unlink()
    with pytest.raises(CliError, match=r"ca\.pem: cannot be read"):
        Connection("registry", "127.0.0.1:1", "k", "a", made.client())
