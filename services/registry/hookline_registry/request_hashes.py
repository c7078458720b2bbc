"""Hashes of requests: HMAC-SHA-256 under a random key of the database, which is sealed like other secrets.

A request may hold a secret that is easily guessed. Whoever reads the database without the vault's key has no key to
try guesses with.
"""

import base64
import hashlib
import hmac
import secrets
from enum import Enum, auto

from sqlalchemy import bindparam, delete, select, update

from hookline_registry.database import Transaction
from hookline_registry.schema import idempotent_create, request_hash_key
from hookline_runtime.vault.envelope import Place, Unreadable
from hookline_runtime.vault.vault import Kept

PLACE = Place(0, "request hash", 0, "key")
"""Where the key belongs: to the installation."""
_ONE = 1
_KEY_BYTES = 32


class Hashed(Enum):
    """How requests were hashed so far."""

    UNDER_A_KEY = auto()
    PLAINLY = auto()
    UNDER_A_LOST_KEY = auto()


async def request_hash(transaction: Transaction, content: bytes) -> bytes:
    """Give the hash of a request's content, 32 bytes."""
    key, _ = await _key(transaction)
    return _under(key, hashlib.sha256(content).digest())


async def settle(transaction: Transaction) -> Hashed:
    """Make the key where there is none that opens, and bring under it what an older version hashed without one."""
    _, hashed = await _key(transaction)
    return hashed


async def _key(transaction: Transaction) -> tuple[bytes, Hashed]:
    kept = await transaction.connection.scalar(select(request_hash_key.c.key))
    if kept is None:
        key = await _new(transaction)
        await _bring_under(transaction, key)
        return key, Hashed.PLAINLY
    try:
        return base64.b64decode(transaction.vault.open(PLACE, Kept(kept))), Hashed.UNDER_A_KEY
    except Unreadable:
        # Nothing can be held against hashes under a key that is lost: those request ids begin anew.
        await transaction.connection.execute(delete(idempotent_create))
        await transaction.connection.execute(delete(request_hash_key))
        return await _new(transaction), Hashed.UNDER_A_LOST_KEY


async def _new(transaction: Transaction) -> bytes:
    key = secrets.token_bytes(_KEY_BYTES)
    kept = transaction.vault.seal(PLACE, base64.b64encode(key).decode())
    await transaction.connection.execute(request_hash_key.insert().values(id=_ONE, key=kept))
    return key


async def _bring_under(transaction: Transaction, key: bytes) -> None:
    """What is there without a key is plain SHA-256, which a keyed hash is made of."""
    of_this = tuple(idempotent_create.primary_key.columns)
    found = (await transaction.connection.execute(select(*of_this, idempotent_create.c.request_hash))).all()
    if not found:
        return
    change = update(idempotent_create).where(*(column == bindparam(f"of_{column.name}") for column in of_this))
    await transaction.connection.execute(
        change.values(request_hash=bindparam("new_hash")),
        [
            {f"of_{column.name}": row._mapping[column] for column in of_this}
            | {"new_hash": _under(key, row.request_hash)}
            for row in found
        ],
    )


def _under(key: bytes, digest: bytes) -> bytes:
    return hmac.digest(key, digest, hashlib.sha256)
