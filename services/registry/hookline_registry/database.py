"""Transactions on registry.db: many readers, one writer at a time.

Every write transaction locks the counter of revisions first, so writers of all processes stand in one row and
revisions are committed in order. A store that fails is `Unavailable` for the caller and reported to the health watch.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from hookline_registry import dialect
from hookline_registry.head import Head
from hookline_registry.migrate import migrate
from hookline_registry.schema import counter
from hookline_runtime.clock import Clock
from hookline_runtime.errors import Unavailable
from hookline_runtime.vault.vault import Vault

T = TypeVar("T")
_RETRY_DELAY = 1.0
_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Transaction:
    """A write under way: its time, the revision it will have, what seals, and whether it changed the configuration."""

    connection: AsyncConnection
    now: int
    revision: int
    vault: Vault
    changed: bool = False


class Around(Protocol):
    """Runs the work of a write transaction, and does in it what belongs to every one."""

    def __call__(self, transaction: Transaction, work: Callable[[Transaction], Awaitable[T]]) -> Awaitable[T]:
        """Give what the work gives."""


async def _plainly(transaction: Transaction, work: Callable[[Transaction], Awaitable[T]]) -> T:
    return await work(transaction)


class Database:
    """The store of one registry process; `around` runs the work of its write transactions."""

    def __init__(self, engine: AsyncEngine, clock: Clock, vault: Vault | None = None) -> None:
        self.head = Head()
        self.clock = clock
        self.vault = vault or Vault()
        self.on_failure: Callable[[], None] = lambda: None
        self.around: Around = _plainly
        self._engine = engine
        self._writing = asyncio.Lock()
        self._writes: set[asyncio.Task[object]] = set()

    @classmethod
    async def open(cls, url: str, clock: Clock, busy_timeout: float = 5.0, vault: Vault | None = None) -> "Database":
        """Open a database and bring its schema up to date; `vault` seals the secrets that are written.

        Raises ValueError for a URL that cannot be used, OSError for a folder, Unavailable when the store fails.
        """
        database = cls(dialect.engine_for(url, busy_timeout), clock, vault)
        try:
            with database._watched():
                await migrate(database._engine)
            await database.poll()
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        """Let writes under way end, then close every connection."""
        await asyncio.gather(*self._writes, return_exceptions=True)
        await self._engine.dispose()

    async def scrub(self) -> None:
        """Write the file anew, so that nothing of what was overwritten or deleted stays in it.

        Raises Unavailable when the store fails, as it does while another process reads.
        """
        with self._watched():
            await dialect.scrub(self._engine)

    async def poll(self) -> None:
        """Look up the newest revision, so that commits of other processes are seen too."""
        async with self.read() as connection:
            self.head.advance(await read_counter(connection, "revision"))

    async def probe(self) -> None:
        """Write and commit something that means nothing, to see whether the store works.

        Raises Unavailable when it does not.
        """

        async def work(transaction: Transaction) -> None:
            await set_counter(transaction.connection, "probe", transaction.now)

        await self.write(work)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Hold a read transaction.

        Raises Unavailable when the store fails.
        """
        with self._watched():
            async with self._engine.connect() as connection, connection.begin():
                yield connection

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, keep: bool = True) -> T:
        """Run `work` in a write transaction and commit; an exception undoes all of it, as does not to `keep` it.

        A caller that goes away does not stop it half-way. Raises Unavailable when the store fails.
        """
        task = asyncio.create_task(self._write(work, keep))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def _write(self, work: Callable[[Transaction], Awaitable[T]], keep: bool) -> T:
        async with self._writing:
            with self._watched():
                async with self._engine.connect() as plain:
                    connection = await plain.execution_options(**dialect.WRITE)
                    async with connection.begin() as begun:
                        head = await read_counter(connection, "revision", lock=True)
                        transaction = Transaction(connection, self.clock.now(), head + 1, self.vault)
                        result: T = await self.around(transaction, work)
                        if not keep:
                            await begun.rollback()
                            return result
                        if transaction.changed:
                            await set_counter(connection, "revision", transaction.revision)
            self.head.advance(transaction.revision if transaction.changed else head)
            return result

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if not dialect.is_store_failure(error):
                raise
            _log.warning("store failure", cause=dialect.cause_of(error))
            self.on_failure()
            raise Unavailable(
                "the registry cannot use its store at the moment", _RETRY_DELAY, reason="STORE_UNAVAILABLE"
            ) from error


async def read_counter(connection: AsyncConnection, name: str, account_id: int = 0, *, lock: bool = False) -> int:
    """Read a counter, 0 when there is none; `lock` keeps other writers off it until the transaction ends."""
    query = select(counter.c.value).where(counter.c.account_id == account_id, counter.c.name == name)
    value: int | None = await connection.scalar(query.with_for_update() if lock else query)
    return value or 0


async def set_counter(connection: AsyncConnection, name: str, value: int, account_id: int = 0) -> None:
    """Set a counter, making it when there is none."""
    of_this = (counter.c.account_id == account_id, counter.c.name == name)
    changed = await connection.execute(update(counter).where(*of_this).values(value=value))
    if not changed.rowcount:
        await connection.execute(counter.insert().values(account_id=account_id, name=name, value=value))


async def next_id(connection: AsyncConnection, name: str, account_id: int, first: int = 1) -> int:
    """Give the next id of a kind within an account, from `first`; an id is never given twice."""
    value = max(await read_counter(connection, name, account_id) + 1, first)
    await set_counter(connection, name, value, account_id)
    return value
