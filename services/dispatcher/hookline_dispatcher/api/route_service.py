"""RouteService: what definitions with memory failed on and was set aside, shown, told again, dropped.

Messages come parsed and valid by their protos' rules. Every look-up carries the account: what belongs to another one is
not found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hookline.dispatcher.v1 import delivery_pb2, route_service_pb2_grpc
from hookline.dispatcher.v1 import route_service_pb2 as pb

from hookline_dispatcher.config.account import AccountConfig
from hookline_dispatcher.config.triggers import TriggerKey
from hookline_dispatcher.store.aside import FIRST_PLACE, AsideOf, AsidePlace, AsideRoute, Asides
from hookline_runtime.access import account_of
from hookline_runtime.errors import InvalidArgument, NotFound, Violation
from hookline_runtime.paging import UNREADABLE, decode_token, encode_token, page_size

from .plan import Accounts
from .store_errors import store_in_use
from .wire_definitions import kind_of, source_of
from .wire_deliveries import timestamp


class RouteService(route_service_pb2_grpc.RouteServiceServicer):
    """Shows routes that were set aside and does something about them.

    Args:
        asides: Where they are.
        accounts: Where definitions are found.
    """

    def __init__(self, asides: Asides, accounts: Accounts) -> None:
        self._asides = asides
        self._accounts = accounts

    async def ListRoutes(self, request: pb.ListRoutesRequest, context: Any) -> pb.ListRoutesResponse:
        """Shows a page of routes, by definition, object and order."""
        account_id = account_of(request.account_id)
        if request.definition_id and not request.source:
            raise InvalidArgument(Violation("source", "must be set together with definition_id"))
        fields = {"list": "routes", "account": account_id, "filter": [request.source, request.definition_id]}
        after = _place(request.page_token, fields)
        which = _of(request.source, request.definition_id) if request.source else None
        size = page_size(request.page_size)
        with store_in_use():
            found = await self._asides.routes_aside(account_id, which, after, size + 1)
            config = await self._accounts.account(account_id)
        page = found[:size]
        token = encode_token(fields, list(page[-1].place)) if len(found) > size else ""
        return pb.ListRoutesResponse(routes=[_route(each, config) for each in page], next_page_token=token)

    async def RepeatRoute(self, request: pb.RepeatRouteRequest, context: Any) -> pb.RepeatRouteResponse:
        """Has one told again."""
        with store_in_use():
            there = await self._asides.repeat_route(account_of(request.account_id), request.id)
        if not there:
            raise _no_route(request.id)
        return pb.RepeatRouteResponse()

    async def RepeatRoutes(self, request: pb.RepeatRoutesRequest, context: Any) -> pb.RepeatRoutesResponse:
        """Has all of a definition told again."""
        account_id = account_of(request.account_id)
        which = _of(request.source, request.definition_id)
        with store_in_use():
            count = await self._asides.repeat_routes(account_id, which)
            config = await self._accounts.account(account_id)
        trigger = config.triggers.get(TriggerKey(which.kind, which.definition_id)) if config else None
        if not count and which.definition_id and (trigger is None or trigger.source != which.source):
            raise NotFound("no such definition", metadata={"source": which.source, "id": str(which.definition_id)})
        return pb.RepeatRoutesResponse(count=count)

    async def DropRoute(self, request: pb.DropRouteRequest, context: Any) -> pb.DropRouteResponse:
        """Drops one."""
        with store_in_use():
            there = await self._asides.drop_route(account_of(request.account_id), request.id)
        if not there:
            raise _no_route(request.id)
        return pb.DropRouteResponse()


def _of(source: str, definition_id: int) -> AsideOf:
    return AsideOf(source, kind_of(source) if definition_id else 0, definition_id)


def _no_route(route_id: int) -> NotFound:
    return NotFound("no such route is set aside", metadata={"id": str(route_id)})


def _place(token: str, fields: Mapping[str, object]) -> AsidePlace:
    key: Sequence[object] | None = decode_token(token, fields)
    if key is None:
        return FIRST_PLACE
    match key:
        case [int() as kind, int() as definition, int() as object_type, str() as object_id, int() as id_]:
            return AsidePlace(kind, definition, object_type, object_id, id_)
        case _:
            raise InvalidArgument(Violation("page_token", UNREADABLE))


def _route(aside: AsideRoute, config: AccountConfig | None) -> pb.Route:
    route = aside.route
    source = route.source
    if not source:
        trigger = config.triggers.get(TriggerKey(route.kind, route.definition_id)) if config else None
        source = trigger.source if trigger else source_of(route.kind)
    return pb.Route(
        id=route.id,
        trigger=delivery_pb2.FiredBy(source=source, id=route.definition_id),
        object_type_id=route.object.object_type_id,
        object_id=route.object.object_id,
        kind=pb.RouteKind.ValueType(route.what),
        event_id=aside.event_id,
        event_type=aside.event_type,
        due_time=timestamp(route.due_time),
        reason=aside.reason,
        attempts=route.attempts,
        create_time=timestamp(route.create_time),
        set_aside_time=timestamp(aside.aside_time),
    )
