"""What people ask of the embedded store about stateful routing: what was set aside, and objects."""

from __future__ import annotations

from hookline_dispatcher.store.aside import FIRST_PLACE, AsideOf, AsidePlace, AsideRoute

from . import aside
from .stateful import StatefulStore

AT_ONCE = 250
"""How many rows one step touches."""


class TendedStore(StatefulStore):
    """The embedded store, as far as people look at what the router keeps."""

    async def routes_aside(
        self, account_id: int, which: AsideOf | None, after: AsidePlace, limit: int
    ) -> list[AsideRoute]:
        """A page of routes that are set aside."""
        statement, parameters = aside.page(account_id, which, after, limit)
        return [aside.route_of(row) for row in await self._all(statement, *parameters)]

    async def repeat_route(self, account_id: int, route_id: int) -> bool:
        """Has one told again."""
        done = bool(await self._do("repeat_route", (account_id, route_id)))
        self._routed()
        return done

    async def repeat_routes(self, account_id: int, which: AsideOf) -> int:
        """Has all of them told again, step by step."""
        total, after, before = 0, FIRST_PLACE, self._now()
        while True:
            found: tuple[int, AsidePlace | None] = await self._do(
                "repeat_routes", (account_id, which, before, after, AT_ONCE), AT_ONCE
            )
            self._routed()
            total += found[0]
            if found[1] is None:
                return total
            after = found[1]

    async def drop_route(self, account_id: int, route_id: int) -> bool:
        """Deletes one."""
        return bool(await self._do("drop_route", (account_id, route_id)))
