"""The replica of the configuration, kept current by ``ConfigService.Watch``; secrets are sealed before it is stored.

It resumes from the last checkpoint that was committed, so a change is never missed, and a change that comes twice is
taken in twice to the same effect. While the registry is away everything goes on with what is here. A snapshot is taken
in as one piece, at its checkpoint: until then the state before it holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from random import random as system_random

import grpc.aio
import structlog
from hookline.registry.v1 import config_pb2, config_pb2_grpc

from hookline_dispatcher.core.instants import MINUTE
from hookline_dispatcher.store.model import ConfigRow, StoreFailed
from hookline_dispatcher.store.protocol import Configs
from hookline_runtime.clock import Clock
from hookline_runtime.errors import Unavailable
from hookline_runtime.vault.vault import Vault

from .cache import ConfigCache
from .codec import ItemKind, heard_row, heard_time
from .keys import ReplicaKeys
from .wire import config_row

SILENCE = 30.0
"""Seconds without a message after which a watch is taken for dead; a checkpoint comes at least every five."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
"""Seconds between two attempts to watch: doubled each time, at most the longest; a random half is taken off at most.

The longest is short: after a start of both services everybody waits for the first watch, and few dispatchers ask."""
LONGEST_WAIT = 5.0
"""Seconds that ``wait_for`` waits."""
NOTE_EVERY = MINUTE
"""How often it is noted in the store, where nothing else is to be written, that the replica is current."""

_log = structlog.get_logger(__name__)


class Replica:
    """Takes in what the registry tells, and says how far it is."""

    def __init__(
        self,
        channel: grpc.aio.Channel,
        service_key: str,
        store: Configs,
        cache: ConfigCache,
        keys: ReplicaKeys,
        clock: Clock,
        random: Callable[[], float] = system_random,
        *,
        vault: Vault | None = None,
    ) -> None:
        self._stub: config_pb2_grpc.ConfigServiceAsyncStub = config_pb2_grpc.ConfigServiceStub(channel)
        self._metadata = (("service-key", service_key),)
        self._store = store
        self._cache = cache
        self._keys = keys
        self._clock = clock
        self._vault = vault or Vault()
        self._random = random
        self._known = 0
        self._noted = 0
        self._moved = asyncio.Event()
        self._snapshot: list[ConfigRow] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def known_revision(self) -> int:
        """The checkpoint that was taken in last; 0: none ever was."""
        return self._known

    @property
    def staleness(self) -> int:
        """Microseconds since the registry last said that this is all, over restarts."""
        return self._clock.now() - self._keys.heard_time

    async def start(self) -> None:
        """Reads what is stored and begins to watch; the registry need not be there.

        Raises:
            StoreFailed: the store cannot be read.
        """
        self._known = await self._store.config_checkpoint()
        self._keys.replace(await self._store.config_keys(ItemKind.KEY))
        self._keys.heard_time = self._noted = heard_time(await self._store.config_keys(ItemKind.HEARD))
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends the watch."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def wait_for(self, revision: int, timeout: float = LONGEST_WAIT) -> None:
        """Returns once ``revision`` is known here.

        Raises:
            Unavailable: it is not after ``timeout`` seconds.
        """
        try:
            async with asyncio.timeout(timeout):
                while self._known < revision:
                    await self._moved.wait()
        except TimeoutError:
            raise Unavailable(
                f"revision {revision} of the configuration is not known here yet",
                1.0,
                reason="CONFIG_NOT_KNOWN",
                metadata={"known_revision": str(self._known)},
            ) from None

    async def _run(self) -> None:
        pause, trouble = FIRST_PAUSE, ""
        while True:
            before = self._keys.heard_time, self._known
            reason = await self._watch_until_trouble()
            if (self._keys.heard_time, self._known) != before:
                pause, trouble = FIRST_PAUSE, ""
            if reason != trouble:  # once, however often it is tried
                _log.warning("the configuration is not watched, trying again", reason=reason)
                trouble = reason
            await asyncio.sleep(pause * (1 - self._random() / 2))
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _watch_until_trouble(self) -> str:
        """Watches until it cannot; why."""
        try:
            await self._watch()
        except grpc.aio.AioRpcError as error:
            return f"{error.code().name}: {error.details()}"
        except TimeoutError:
            return "nothing came for too long"
        except StoreFailed as error:
            return str(error)
        except Exception as error:
            # What it says may hold a secret; its type may not.
            _log.error("the configuration cannot be taken in", error=type(error).__name__)
            return "it cannot be taken in"
        return "the registry ended the stream"

    async def _watch(self) -> None:
        self._snapshot = None
        request = config_pb2.WatchRequest(resume_revision=self._known)
        call = self._stub.Watch(request, metadata=self._metadata)
        try:
            responses = aiter(call)
            while True:
                async with asyncio.timeout(SILENCE):
                    response = await anext(responses, None)
                if response is None:
                    return
                await self._take(response)
        finally:
            call.cancel()

    async def _take(self, response: config_pb2.WatchResponse) -> None:
        rows = [row for item in response.items if (row := config_row(item, self._vault)) is not None]
        if len(rows) < len(response.items):
            _log.warning("items of unknown kinds are left out", count=len(response.items) - len(rows))
        if response.snapshot:
            self._snapshot = [*(self._snapshot or ()), *rows]
            rows = []
        if self._snapshot is not None and not response.checkpoint:
            self._snapshot.extend(rows)
            return
        if self._snapshot is not None:
            await self._take_snapshot([*self._snapshot, *rows], response.checkpoint)
        else:
            await self._take_changes(rows, response.checkpoint)

    async def _take_snapshot(self, rows: list[ConfigRow], checkpoint: int) -> None:
        now = self._clock.now()
        await self._store.apply_config([*rows, heard_row(now)], checkpoint, drop_others=True)
        self._snapshot = None
        self._cache.clear()
        self._keys.replace(row for row in rows if row.kind == ItemKind.KEY)
        self._heard(now, checkpoint, noted=True)

    async def _take_changes(self, rows: list[ConfigRow], checkpoint: int) -> None:
        """Takes in changes and the checkpoint; 0: there is more to come before the next one."""
        now = self._clock.now()
        note = bool(checkpoint) and (now - self._noted >= NOTE_EVERY or checkpoint != self._known)
        if rows or note:
            await self._store.apply_config([*rows, *([heard_row(now)] if note else ())], checkpoint or self._known)
        for account_id in {row.account_id for row in rows}:
            self._cache.invalidate(account_id)
        self._keys.change(row for row in rows if row.kind == ItemKind.KEY)
        if checkpoint:
            self._heard(now, checkpoint, noted=note)

    def _heard(self, now: int, checkpoint: int, *, noted: bool) -> None:
        self._keys.heard_time = now
        if noted:
            self._noted = now
        self._known = checkpoint
        self._moved.set()
        self._moved = asyncio.Event()
