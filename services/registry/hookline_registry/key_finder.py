"""Where the registry's own access check finds keys: the database behind a small cache.

The cache is emptied whenever the configuration changes, by this process or (seen by the poll) by another one.
"""

from collections import OrderedDict

from hookline_registry import keys
from hookline_registry.database import Database
from hookline_registry.key_use import KeyUse
from hookline_registry.model import Key
from hookline_runtime.access import KeyKind, KeyRecord

_MAX_CACHED = 1024


class StoredKeys:
    """A KeyFinder over registry.db."""

    def __init__(self, database: Database, use: KeyUse) -> None:
        self._database = database
        self._use = use
        self._cache: OrderedDict[str, KeyRecord] = OrderedDict()
        database.head.listen(self._cache.clear)

    async def find(self, application_id: str) -> KeyRecord | None:
        """Give the key with an application id, None when there is none."""
        cached = self._cache.get(application_id)
        if cached is not None:
            self._cache.move_to_end(application_id)
            return cached
        revision = self._database.head.revision
        async with self._database.read() as connection:
            stored = await keys.find(connection, application_id)
        if stored is None:
            return None
        record = _record(stored)
        if revision == self._database.head.revision:  # else a write came meanwhile and this may be old
            self._cache[application_id] = record
            if len(self._cache) > _MAX_CACHED:
                self._cache.popitem(last=False)
        return record

    def used(self, application_id: str, now: int) -> None:
        """Note that a key was used."""
        self._use.note(application_id, now)


def _record(stored: Key) -> KeyRecord:
    return KeyRecord(
        application_id=stored.application_id,
        secret_hash=stored.secret_hash,
        kind=KeyKind.ACCOUNT if stored.account_id else KeyKind.OPERATOR,
        account_id=stored.account_id,
        scopes=frozenset(keys.SCOPES[scope] for scope in stored.scopes),
        expire_time=stored.expire_time,
        revoked=stored.revoke_time is not None,
    )
