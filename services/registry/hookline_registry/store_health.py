"""Health follows the store: it turns off with the first failure and on again once a write works."""

import asyncio
from collections.abc import Callable

from hookline_registry.database import Database
from hookline_runtime.errors import Unavailable


class StoreHealth:
    """Watches one database and tells when it fails and when it works again."""

    def __init__(self, database: Database, tell: Callable[[bool, str], None], probe_seconds: float = 1.0) -> None:
        self._database = database
        self._tell = tell
        self._probe_seconds = probe_seconds
        self._failed = asyncio.Event()
        database.on_failure = self._note

    def _note(self) -> None:
        self._failed.set()
        self._tell(False, "the store fails")

    async def run(self) -> None:
        """Probe for as long as the store fails; runs until it is cancelled."""
        while True:
            await self._failed.wait()
            await asyncio.sleep(self._probe_seconds)
            self._failed.clear()
            try:
                await self._database.probe()
            except Unavailable:
                continue
            self._tell(True, "the store works again")
