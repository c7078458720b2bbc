"""Keys: stored values, the writes on them and who may give which. Only the hash of a secret is stored."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from hookline.registry.v1 import account_pb2
from sqlalchemy import Row, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hookline_registry import feed
from hookline_registry.database import Transaction, next_id
from hookline_registry.model import Key
from hookline_registry.schema import api_key
from hookline_runtime.access import KeyKind, Principal, Scope, new_application_id
from hookline_runtime.errors import NotFound, PermissionDenied, Violation

OPERATOR = 0
"""The account id that operator keys are stored under."""

SCOPES: Mapping[int, Scope] = {
    account_pb2.SCOPE_MANAGE: Scope.MANAGE,
    account_pb2.SCOPE_PUBLISH: Scope.PUBLISH,
    account_pb2.SCOPE_READ: Scope.READ,
    account_pb2.SCOPE_ADMIN: Scope.ADMIN,
}
"""The scopes by the contract's numbers."""


@dataclass(frozen=True, slots=True)
class KeySettings:
    """What a caller may choose about a key; account_id 0 asks for an operator key."""

    account_id: int
    name: str
    scopes: tuple[int, ...]
    expire_time: int | None = None


def check_grant(giver: Principal, wanted: KeySettings) -> None:
    """Pass a giver who may make the key that is wanted.

    Raises PermissionDenied.
    """
    admin = giver.kind is KeyKind.OPERATOR and Scope.ADMIN in giver.scopes
    if admin:
        return
    if wanted.account_id == OPERATOR:
        raise PermissionDenied(
            'making an operator key takes an operator key with the scope "admin"', reason="ADMIN_NEEDED"
        )
    for number in wanted.scopes:
        if SCOPES[number] not in giver.scopes:
            scope = SCOPES[number].value
            raise PermissionDenied(
                f'the key lacks the scope "{scope}", so it cannot give it',
                reason="SCOPE_MISSING",
                metadata={"scope": scope},
            )


def violations(wanted: KeySettings, now: int) -> Iterator[Violation]:
    """Give what is wrong with a key, beyond what the contract's own rules say."""
    if wanted.expire_time is not None and wanted.expire_time <= now:
        yield Violation("expire_time", "must be in the future")
    if wanted.account_id != OPERATOR:
        for number, scope in enumerate(wanted.scopes):
            if scope == account_pb2.SCOPE_ADMIN:
                yield Violation(f"scopes[{number}]", '"admin" is for operator keys only')


async def create(transaction: Transaction, settings: KeySettings, secret_hash: bytes) -> Key:
    """Make a key with a fresh application id."""
    made = Key(
        id=await next_id(transaction.connection, "key", settings.account_id),
        account_id=settings.account_id,
        application_id=new_application_id(),
        name=settings.name,
        scopes=tuple(sorted(settings.scopes)),
        secret_hash=secret_hash,
        create_time=transaction.now,
        expire_time=settings.expire_time,
        revoke_time=None,
        last_used_time=None,
        revision=transaction.revision,
    )
    await transaction.connection.execute(
        api_key.insert().values(
            account_id=made.account_id,
            id=made.id,
            application_id=made.application_id,
            name=made.name,
            scopes=list(made.scopes),
            secret_hash=made.secret_hash,
            create_time=made.create_time,
            expire_time=made.expire_time,
            revision=made.revision,
        )
    )
    await feed.put(transaction, made)
    return made


async def get(connection: AsyncConnection, account_id: int, key_id: int) -> Key:
    """Read one key.

    Raises NotFound.
    """
    query = select(api_key).where(api_key.c.account_id == account_id, api_key.c.id == key_id)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise NotFound(f"there is no key {key_id}")
    return _read(row)


async def find(connection: AsyncConnection, application_id: str) -> Key | None:
    """Read the key with an application id, None when there is none."""
    query = select(api_key).where(api_key.c.application_id == application_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _read(row)


async def page(connection: AsyncConnection, account_id: int, after: int, limit: int) -> list[Key]:
    """Read keys by id, those after `after`."""
    query = select(api_key).where(api_key.c.account_id == account_id, api_key.c.id > after)
    return [_read(row) for row in await connection.execute(query.order_by(api_key.c.id).limit(limit))]


async def revoke(transaction: Transaction, current: Key) -> Key:
    """End a key for good; one that was revoked before stays as it is."""
    if current.revoke_time is not None:
        return current
    made = replace(current, revoke_time=transaction.now, revision=transaction.revision)
    await transaction.connection.execute(
        update(api_key)
        .where(api_key.c.account_id == made.account_id, api_key.c.id == made.id)
        .values(revoke_time=made.revoke_time, revision=made.revision)
    )
    await feed.put(transaction, made)
    return made


async def note_use(transaction: Transaction, uses: Iterable[tuple[str, int]]) -> None:
    """Write when keys (application id, time) were last used; an older time changes nothing."""
    rows = [{"used_id": application_id, "used_time": time} for application_id, time in uses]
    if rows:
        earlier = or_(api_key.c.last_used_time.is_(None), api_key.c.last_used_time < bindparam("used_time"))
        statement = (
            update(api_key)
            .where(api_key.c.application_id == bindparam("used_id"), earlier)
            .values(last_used_time=bindparam("used_time"))
        )
        await transaction.connection.execute(statement, rows)


def _read(row: Row[tuple[object, ...]]) -> Key:
    return Key(
        id=row.id,
        account_id=row.account_id,
        application_id=row.application_id,
        name=row.name,
        scopes=tuple(row.scopes),
        secret_hash=row.secret_hash,
        create_time=row.create_time,
        expire_time=row.expire_time,
        revoke_time=row.revoke_time,
        last_used_time=row.last_used_time,
        revision=row.revision,
    )
