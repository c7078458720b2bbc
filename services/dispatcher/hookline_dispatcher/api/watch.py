"""Watching outcomes: each watcher reads the log from where it is, page by page, and is woken when there is more.

A watcher keeps one page and one number: a slow one holds up nobody and costs no memory, since it reads only what it
has room to write. The log is durable, so a watch resumes where it ended, for as long as retention keeps what follows.
Where it stands is told at once and, while nothing happens, now and then: without an outcome there would be no token.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Protocol

from hookline.dispatcher.v1 import delivery_service_pb2

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.store.model import StoredAttempt, StoredDelivery, TargetKey
from hookline_runtime.errors import InvalidArgument, OutOfRange, Violation
from hookline_runtime.paging import decode_token, encode_token

from . import wire_deliveries as wire

PAGE = 50
LONGEST_SLEEP = 1.0
"""Seconds after which the log is looked at whatever was said: no lost wake-up costs more than this."""

UNREADABLE = "must be empty or a resume_token of a watch of the same account and target"

TELL_SECONDS = 60.0
"""How long a watch that has moved on past what is not of it says nothing."""


class Log(Protocol):
    """The store, as far as it is needed here."""

    async def log_since(
        self, account_id: int, seq: int, target: TargetKey | None, limit: int
    ) -> list[tuple[StoredAttempt, StoredDelivery]]:
        """The log after ``seq`` in the order of commits, each entry with its delivery as it is now."""

    async def log_bounds(self) -> tuple[int, int]:
        """The newest seq of the log that retention has deleted, and the newest that there was; 0: none."""


class WatchHub:
    """Serves watchers; ``wake`` tells all of them that something was committed.

    Args:
        log: What is watched.
        installation: Whose log it is.
        tell_seconds: How often a watch at most tells where it stands while nothing of it happens.
    """

    def __init__(self, log: Log, installation: str, tell_seconds: float = TELL_SECONDS) -> None:
        self._log = log
        self._installation = installation
        self._tell_seconds = tell_seconds
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Has every watcher look."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def watch(
        self, account_id: int, target: TargetKey | None, resume_token: str
    ) -> AsyncGenerator[delivery_service_pb2.WatchResponse, None]:
        """Outcomes after ``resume_token``, or from now on, for as long as they are read; a token alone comes first.

        Raises:
            InvalidArgument: the token is not of this watch.
            OutOfRange: what follows the token is no longer kept.
            StoreFailed: the log cannot be read.
        """
        fields = {"watch": self._installation, "account": account_id, "target": list(target or ())}
        now = asyncio.get_running_loop().time
        seq = told = await self._start(resume_token, fields)
        yield delivery_service_pb2.WatchResponse(resume_token=encode_token(fields, [seq]))
        told_time = now()
        while True:
            changed = self._changed
            _, newest = await self._log.log_bounds()
            page = await self._log.log_since(account_id, seq, target, PAGE)
            for entry, delivery in page:
                seq = told = entry.seq
                yield delivery_service_pb2.WatchResponse(
                    delivery=wire.delivery(as_of(entry, delivery), self._installation),
                    attempt=wire.attempt(entry, bodies=False) if entry.number else None,
                    resume_token=encode_token(fields, [seq]),
                )
            if len(page) < PAGE:
                # Nothing else up to here is of this watch: the next look need not read it again.
                seq = max(seq, newest)
                if seq > told and now() - told_time >= self._tell_seconds:
                    yield delivery_service_pb2.WatchResponse(resume_token=encode_token(fields, [seq]))
                    told, told_time = seq, now()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LONGEST_SLEEP):
                        await changed.wait()

    async def _start(self, resume_token: str, fields: dict[str, object]) -> int:
        gone, newest = await self._log.log_bounds()
        try:
            key = decode_token(resume_token, fields)
        except InvalidArgument:
            raise InvalidArgument(Violation("resume_token", UNREADABLE)) from None
        if key is None:
            return newest
        seq = key[0] if key else None
        if not isinstance(seq, int):
            raise InvalidArgument(Violation("resume_token", UNREADABLE))
        # Beyond the newest: the store was put back to an earlier state.
        if not gone <= seq <= newest:
            raise OutOfRange(
                "what follows the resume_token is no longer kept; list deliveries, and watch without a token",
                reason="RESUME_TOKEN_EXPIRED",
            )
        return seq


def as_of(entry: StoredAttempt, delivery: StoredDelivery) -> StoredDelivery:
    """The delivery as it was after this outcome, given as it is now: an earlier attempt left it waiting."""
    last = entry.number == delivery.attempts and delivery.state in (State.WAITING, State.DELIVERED, State.DEAD)
    if last or not entry.number:
        return delivery
    return replace(
        delivery,
        state=State.WAITING,
        reason=entry.record.reason,
        attempts=entry.number,
        status_code=entry.record.status_code,
        due_time=0,
        settle_time=0,
    )
