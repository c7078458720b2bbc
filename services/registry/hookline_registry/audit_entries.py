"""The rows of the audit log: added and read, and dropped by their age alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry.database import Transaction, next_id, set_counter
from hookline_registry.schema import audit_entry

KEPT = "audit_kept"
"""The counter that says from what time on entries are kept; the triggers of the table look at it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did; `before` and `after` are JSON objects, or empty."""

    create_time: int
    account_id: int
    application_id: str
    operator: bool
    method: str
    resource: str
    outcome: str
    before: bytes
    after: bytes
    request_id: str
    peer: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What was done, as it is kept."""

    id: int
    done: Done


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; what is empty or None leaves out nothing."""

    account_id: int | None
    since_time: int
    until_time: int
    application_id: str
    resource: str
    method: str

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Give what the rows have to meet."""
        row = audit_entry.c
        if self.account_id is not None:
            yield row.account_id == self.account_id
        if self.since_time:
            yield row.create_time >= self.since_time
        if self.until_time:
            yield row.create_time < self.until_time
        if self.application_id:
            yield row.application_id == self.application_id
        if self.resource:
            yield or_(row.resource == self.resource, row.resource.startswith(f"{self.resource}/", autoescape=True))
        if self.method:
            yield or_(row.method == self.method, row.method.endswith(f".{self.method}", autoescape=True))


async def add(transaction: Transaction, done: Done, report_id: str | None = None) -> None:
    """Write an entry; one that was reported before is not written again."""
    if report_id is not None:
        known = select(audit_entry.c.id).where(audit_entry.c.report_id == report_id)
        if await transaction.connection.scalar(known) is not None:
            return
    row = {name: getattr(done, name) for name in Done.__dataclass_fields__}
    made_id = await next_id(transaction.connection, "audit_entry", 0)
    await transaction.connection.execute(audit_entry.insert().values(id=made_id, report_id=report_id, **row))


async def page(connection: AsyncConnection, wanted: Wanted, before: int, limit: int) -> list[Entry]:
    """Read entries, the newest first, those before the id `before`; -1 stands for the newest."""
    query = select(audit_entry).where(*wanted.conditions())
    if before >= 0:
        query = query.where(audit_entry.c.id < before)
    return [_read(row) for row in await connection.execute(query.order_by(audit_entry.c.id.desc()).limit(limit))]


async def forget(transaction: Transaction, older_than: int) -> None:
    """Drop the entries from before `older_than`, in microseconds."""
    await set_counter(transaction.connection, KEPT, older_than)
    await transaction.connection.execute(delete(audit_entry).where(audit_entry.c.create_time < older_than))


def _read(row: Row[tuple[object, ...]]) -> Entry:
    return Entry(row.id, Done(**{name: getattr(row, name) for name in Done.__dataclass_fields__}))
