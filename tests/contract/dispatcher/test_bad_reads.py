"""What is wrong in a request that reads or repeats is told with the field's path, and never as a fault of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_service_pb2 as deliveries
from hookline.dispatcher.v1 import event_service_pb2 as events
from hookline.dispatcher.v1 import route_service_pb2 as routes
from hookline.dispatcher.v1 import target_service_pb2 as targets

from tests.contract.dispatcher.suite import Suite, running
from tests.contract.registry.world import refusal

NO_TIMES = {
    "past the year 9999": Timestamp(seconds=253_402_300_800),
    "before the year 1": Timestamp(seconds=-(2**63)),
    "past all counting": Timestamp(seconds=2**63 - 1),
    "nanoseconds below 0": Timestamp(nanos=-1),
    "more nanoseconds than a second has": Timestamp(nanos=10**9),
}
PAGED = [
    deliveries.ListDeliveriesRequest,
    events.ListEventsRequest,
    targets.ListTargetsRequest,
    routes.ListRoutesRequest,
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def suite(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Suite]:
    async with running(tmp_path_factory.mktemp("suite")) as suite:
        yield suite


async def refused_fields(suite: Suite, request: Any) -> tuple[str, ...]:
    rpc = getattr(suite.user, request.DESCRIPTOR.name.removesuffix("Request"))
    refused = await refusal(rpc(request))
    assert (refused.code, refused.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_ARGUMENT"), refused
    return refused.fields


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("stamp", NO_TIMES.values(), ids=NO_TIMES.keys())
async def test_a_time_that_is_none(suite: Suite, stamp: Timestamp) -> None:
    since = deliveries.ListDeliveriesRequest(since_time=stamp)
    until = deliveries.ListDeliveriesRequest(until_time=stamp)
    again = deliveries.RedeliverSinceRequest(since_time=stamp)
    assert await refused_fields(suite, since) == ("since_time",)
    assert await refused_fields(suite, until) == ("until_time",)
    assert await refused_fields(suite, again) == ("since_time",)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("request_type", PAGED, ids=lambda each: each.DESCRIPTOR.name)
@pytest.mark.parametrize("size", [-1, 1001])
async def test_a_page_size_out_of_range(suite: Suite, request_type: Any, size: int) -> None:
    assert await refused_fields(suite, request_type(page_size=size)) == ("page_size",)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("request_type", PAGED, ids=lambda each: each.DESCRIPTOR.name)
@pytest.mark.parametrize("token", ["garbage", "AAAA", "\0", "é"])
async def test_a_page_token_that_is_none(suite: Suite, request_type: Any, token: str) -> None:
    assert await refused_fields(suite, request_type(page_token=token)) == ("page_token",)
