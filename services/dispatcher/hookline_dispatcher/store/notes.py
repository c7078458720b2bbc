"""What the audit log is to be told of a change: kept with the change itself, until the registry has it.

Whoever serves a call says what is noted of it; the store writes that in the transaction of the first change that the
call makes. So an entry is there when its change is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol

MOST_NOTES = 10_000
"""How many wait for the registry at most; beyond, what would need another is refused."""


class OutboxFull(Exception):
    """Too many wait for the registry; nothing was changed."""


@dataclass(slots=True)
class Note:
    """One entry: the id that makes a repeated report one, and what is reported; the store does not look into it."""

    id: str
    content: bytes
    kept: bool = False
    """Whether it was committed."""


_note: ContextVar[Note | None] = ContextVar("hookline_note", default=None)


def current_note() -> Note | None:
    """What is to be kept with what is changed here; None: nothing, or it is kept already."""
    note = _note.get()
    return None if note is None or note.kept else note


@contextmanager
def noting(note: Note) -> Iterator[None]:
    """Has it kept with the first change that is made within."""
    token = _note.set(note)
    try:
        yield
    finally:
        _note.reset(token)


class Notes(Protocol):
    """What was noted and is not told yet.

    Raises (every call):
        StoreFailed: nothing of it was committed.
    """

    async def keep_note(self) -> None:
        """Commits the note of the call under way by itself, where no change of it has taken it along.

        Raises:
            OutboxFull: there is no room for it.
        """

    async def notes(self, limit: int) -> list[Note]:
        """The first of those that are not told, in the order in which they were kept."""

    async def notes_told(self, ids: Sequence[str]) -> None:
        """Deletes those that the registry has."""

    def on_note(self, callback: Callable[[], None]) -> None:
        """Calls ``callback`` on the event loop whenever one was kept."""
