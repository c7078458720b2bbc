"""Following the change feed: a snapshot where one is needed, then every change, with checkpoints between."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from hookline_registry import feed
from hookline_registry.database import Database

CHECKPOINT_SECONDS = 5.0
"""How long a quiet feed goes without a checkpoint."""


@dataclass(frozen=True, slots=True)
class Step:
    """Serialized ConfigItems in their order, or a checkpoint: everything up to that revision has been given."""

    items: Sequence[bytes] = ()
    snapshot: bool = False
    checkpoint: int = 0


async def watch(database: Database, resume: int, checkpoint_seconds: float = CHECKPOINT_SECONDS) -> AsyncIterator[Step]:
    """Give what changed after `resume`, for ever; 0 or a revision that cannot be resumed from gives a snapshot.

    Raises Unavailable when the store fails.
    """
    told, at = 0, resume
    while True:
        state = await feed.state(database)
        if not state.resumes(at):
            async for step in _snapshot(database):
                yield step
            at = state.head
        elif state.head > at:
            async for batch in feed.changes(database, at, state.head):
                yield Step(batch)
            at = state.head
        if at != told:
            yield Step(checkpoint=at)
            told = at
        if not await database.head.beyond(at, checkpoint_seconds):
            yield Step(checkpoint=at)


async def _snapshot(database: Database) -> AsyncIterator[Step]:
    empty = True
    async for batch in feed.snapshot(database):
        yield Step(batch, snapshot=True)
        empty = False
    if empty:
        yield Step(snapshot=True)
