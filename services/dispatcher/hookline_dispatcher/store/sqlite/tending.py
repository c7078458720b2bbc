"""What people ask of the embedded store about stateful routing: what was set aside, and objects."""

from __future__ import annotations

import sqlite3

from hookline_dispatcher.store.aside import FIRST_PLACE, AsideOf, AsidePlace, AsideRoute
from hookline_dispatcher.store.objects import Erased, Standing
from hookline_dispatcher.store.routing import ObjectKey

from . import aside, objects
from .noted import NotedStore

AT_ONCE = 250
"""How many rows one step touches."""

ERASED_AT_ONCE = 50
"""Of how many definitions one step erases what they keep."""
MOST_ROUNDS = 10


class TendedStore(NotedStore):
    """The embedded store, as far as people look at what the router keeps."""

    async def routes_aside(
        self, account_id: int, which: AsideOf | None, after: AsidePlace, limit: int
    ) -> list[AsideRoute]:
        """A page of routes that are set aside."""
        statement, parameters = aside.page(account_id, which, after, limit)
        return [aside.route_of(row) for row in await self._all(statement, *parameters)]

    async def repeat_route(self, account_id: int, route_id: int) -> bool:
        """Has one told again."""
        done = bool(await self._change("repeat_route", (account_id, route_id)))
        self._routed()
        return done

    async def repeat_routes(self, account_id: int, which: AsideOf) -> int:
        """Has all of them told again, step by step; one that fails again meanwhile lies behind the walk."""
        total, after = 0, FIRST_PLACE
        while True:
            found: tuple[int, AsidePlace | None] = await self._change(
                "repeat_routes", (account_id, which, after, AT_ONCE), AT_ONCE
            )
            self._routed()
            total += found[0]
            if found[1] is None:
                return total
            after = found[1]

    async def drop_route(self, account_id: int, route_id: int) -> bool:
        """Deletes one."""
        return bool(await self._change("drop_route", (account_id, route_id)))

    async def standings(self, key: ObjectKey, limit: int) -> list[Standing]:
        """Under which definitions anything is kept of an object."""

        def read(connection: sqlite3.Connection) -> list[Standing]:
            return [objects.standing_of(connection, post) for post in objects.posts_of(connection, key)[:limit]]

        return await self._run(read)

    async def erase(self, key: ObjectKey) -> Erased:
        """Erases an object, step by step."""
        erased = Erased()
        for _ in range(MOST_ROUNDS):
            found = await self._erase_round(key)
            if not any(found):
                break
            erased = erased.plus(found)
        return erased

    async def _erase_round(self, key: ObjectKey) -> Erased:
        """What it is still to be told goes first, so that nothing of it is begun anew behind the walk."""
        erased = Erased()
        more = True
        while more:
            untold = await self._run(lambda connection: objects.untold_of(connection, key, AT_ONCE))
            erased = erased.plus(await self._change("erase", (key, (), untold), len(untold) + 1))
            more = len(untold) == AT_ONCE
        posts = await self._run(lambda connection: objects.posts_of(connection, key))
        for start in range(0, len(posts), ERASED_AT_ONCE):
            step = posts[start : start + ERASED_AT_ONCE]
            erased = erased.plus(await self._change("erase", (key, step, ()), AT_ONCE))
        return erased
