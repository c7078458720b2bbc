"""When keys were last used: noted in memory, written in batches, at most once a minute a key."""

from hookline_registry import keys
from hookline_registry.database import Database, Transaction

INTERVAL = 60 * 1_000_000
"""The least time between two writes of one key's last use, in microseconds."""
_MAX_NOTED = 100_000


class KeyUse:
    """The uses that are not written yet."""

    def __init__(self, database: Database, interval: int = INTERVAL) -> None:
        self._database = database
        self._interval = interval
        self._noted: dict[str, int] = {}
        self._written: dict[str, int] = {}

    def note(self, application_id: str, time: int) -> None:
        """Note a use, in microseconds; beyond 100,000 keys between two writes a use is not noted."""
        if application_id in self._noted or len(self._noted) < _MAX_NOTED:
            self._noted[application_id] = max(time, self._noted.get(application_id, 0))

    async def flush(self, *, everything: bool = False) -> None:
        """Write what is noted and due; `everything` counts each as due.

        Raises Unavailable when the store fails; what was noted stays noted.
        """
        now = self._database.clock.now()
        self._written = {key: time for key, time in self._written.items() if time > now - self._interval}
        due = {key: time for key, time in self._noted.items() if everything or key not in self._written}
        if not due:
            return

        async def write(transaction: Transaction) -> None:
            await keys.note_use(transaction, due.items())

        await self._database.write(write)
        for key, time in due.items():
            self._written[key] = now
            if self._noted.get(key) == time:
                del self._noted[key]
