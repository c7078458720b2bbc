"""Listing deliveries where few of very many fit: how long that goes on by itself, and what is said where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2, delivery_service_pb2_grpc

from hookline_cli import tables
from hookline_cli.connection import Connection
from hookline_cli.output import as_json

MOST_UNFILLED = 50
"""After so many pages that were not full a list ends: each is searched for within a tenth of a second or so."""


@dataclass(slots=True)
class Search:
    """A list of deliveries: what was found, the token that goes on, and back to when it searched if it ended early."""

    deliveries: Sequence[delivery_pb2.Delivery] = ()
    next_page_token: str = ""
    back: Timestamp | None = None
    _unfilled: int = field(default=0)

    async def run(
        self, dispatcher: Connection, request: delivery_service_pb2.ListDeliveriesRequest, limit: int
    ) -> None:
        """Lists up to ``limit`` deliveries; 0 stands for all, however long that takes."""
        stub = delivery_service_pb2_grpc.DeliveryServiceStub(dispatcher.channel)
        goes_on = self._goes_on if limit else None
        self.deliveries, more = await dispatcher.pages(
            stub.ListDeliveries, request, lambda page: page.deliveries, limit, goes_on=goes_on
        )
        self.next_page_token = request.page_token if more else ""

    def _goes_on(self, page: delivery_service_pb2.ListDeliveriesResponse) -> bool:
        self.back = page.searched_back_time if page.HasField("searched_back_time") else None
        self._unfilled += self.back is not None
        return self._unfilled < MOST_UNFILLED

    @property
    def document(self) -> dict[str, Any]:
        """What is written with --json."""
        document: dict[str, Any] = {
            "deliveries": [as_json(each) for each in self.deliveries],
            "more": bool(self.next_page_token),
            "next_page_token": self.next_page_token,
        }
        if self.back is not None:
            document["searched_back_time"] = self.back.ToJsonString()
        return document

    @property
    def note(self) -> str:
        """What a person is told of a list that ended early; else nothing."""
        if self.back is None or not self.next_page_token:
            return ""
        return f"searched back to {tables.moment(self.back)}; --page-token {self.next_page_token} looks further back"
