"""Lists of deliveries that end early, from a dispatcher that answers pages by its script."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2, delivery_service_pb2_grpc

from hookline_cli.commands.delivery_search import MOST_UNFILLED, Search
from hookline_cli.connection import Connection

Request = delivery_service_pb2.ListDeliveriesRequest
Response = delivery_service_pb2.ListDeliveriesResponse


class Dispatcher(delivery_service_pb2_grpc.DeliveryServiceServicer):
    """Has a hundred pages that are not full; the last one alone has a delivery."""

    PAGES = 100

    async def ListDeliveries(self, request: Request, context: Any) -> Response:
        page = int(request.page_token or 0) + 1
        if page == self.PAGES:
            return Response(deliveries=[delivery_pb2.Delivery(id=7)])
        return Response(next_page_token=str(page), searched_back_time=Timestamp(seconds=1_000_000_000 - page))

    async def Cancel(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    def Watch(self, request: Any, context: Any) -> Any:
        raise NotImplementedError

    GetDelivery = ListAttempts = GetAttempt = Redeliver = BatchRedeliver = RedeliverSince = Cancel


async def searched(limit: int, page_token: str = "") -> Search:
    server = grpc.aio.server()
    delivery_service_pb2_grpc.add_DeliveryServiceServicer_to_server(Dispatcher(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    search = Search()
    try:
        async with Connection("dispatcher", f"127.0.0.1:{port}", "k", "a") as dispatcher:
            await search.run(dispatcher, Request(page_token=page_token), limit)
    finally:
        await server.stop(None)
    return search


async def test_it_ends_after_so_many_pages_and_says_where_and_how_to_go_on() -> None:
    search = await searched(50)
    token = str(MOST_UNFILLED)
    assert search.document == {
        "deliveries": [],
        "more": True,
        "next_page_token": token,
        "searched_back_time": "2001-09-09T01:45:50Z",
    }
    assert search.note == f"searched back to 2001-09-09 01:45:50Z; --page-token {token} looks further back"


@pytest.mark.parametrize(("limit", "page_token"), [(0, ""), (50, str(MOST_UNFILLED))])
async def test_it_gets_to_the_end_where_all_is_asked_for_or_where_it_goes_on(limit: int, page_token: str) -> None:
    search = await searched(limit, page_token)
    assert [each.id for each in search.deliveries] == [7]
    assert (search.document["more"], search.note) == (False, "")
