"""Routes that were set aside, as people see them: values, and what a store offers to look at them and to go on.

A route is set aside when its definition has failed on it too often. Nothing waits behind it then. One that is repeated
is the first of those that wait for its definition and object, and all that waits there waits behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from .routing import Route


class AsidePlace(NamedTuple):
    """The place of a route in the order in which they are listed, within its account."""

    kind: int
    definition_id: int
    object_type_id: int
    object_id: str
    id: int


FIRST_PLACE = AsidePlace(-1, 0, 0, "", 0)
"""Before every route."""


class AsideOf(NamedTuple):
    """Whose routes: of one definition; or, with ``kind`` 0, those that were for every definition of the source."""

    source: str
    kind: int
    definition_id: int


@dataclass(frozen=True, slots=True)
class AsideRoute:
    """A route that was set aside; ``event_id`` and ``event_type`` are empty where it tells of no event."""

    route: Route
    reason: str
    aside_time: int
    event_id: str
    event_type: str

    @property
    def place(self) -> AsidePlace:
        """Where it is listed."""
        route = self.route
        return AsidePlace(route.kind, route.definition_id, *route.object[1:], route.id)


class Asides(Protocol):
    """What is set aside.

    Raises (every call):
        StoreFailed: nothing of it was committed.
    """

    async def routes_aside(
        self, account_id: int, which: AsideOf | None, after: AsidePlace, limit: int
    ) -> list[AsideRoute]:
        """A page of an account's routes that are set aside, in the order of their places."""

    async def repeat_route(self, account_id: int, route_id: int) -> bool:
        """Has one told again; False where it is not set aside, or another account's."""

    async def repeat_routes(self, account_id: int, which: AsideOf) -> int:
        """Has all of them told again that are set aside now, in bounded steps; how many."""

    async def drop_route(self, account_id: int, route_id: int) -> bool:
        """Deletes one; False where it is not set aside, or another account's."""
