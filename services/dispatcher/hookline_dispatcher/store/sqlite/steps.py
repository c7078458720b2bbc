"""What steps of definitions left, written: memories, places on maps, firings, emitted events; many steps together.

A firing's key is written with its delivery, so no decision that is taken again makes a second one.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from itertools import islice

from hookline_dispatcher.store.model import Firing, IntakeResult, IntakeStatus
from hookline_dispatcher.store.routing import Cause, KeyedFiring, Post, Stepped

from . import rows
from .arrivals import Arrivals
from .elements import Elements, Place
from .firing_keys import key_digest, note_keys
from .intake import Intaker, More

_MEMORY = "account_id, kind, definition_id, object_type_id, object_id, row_version, follows, body"
_REMEMBERED = """
ON CONFLICT (account_id, kind, definition_id, object_type_id, object_id) DO UPDATE
SET row_version = excluded.row_version, follows = excluded.follows, body = excluded.body
"""
_FORGET = """
DELETE FROM memory
WHERE account_id = ? AND kind = ? AND definition_id = ? AND object_type_id = ? AND object_id = ?
"""
_VERSION = "account_id, kind, definition_id, version, revision"
_NEWER = "ON CONFLICT DO UPDATE SET revision = excluded.revision WHERE revision < excluded.revision"


class Steps:
    """Runs on the writer's thread, within its transaction."""

    def __init__(
        self, connection: sqlite3.Connection, intaker: Intaker, arrivals: Arrivals, now: Callable[[], int]
    ) -> None:
        self._connection = connection
        self._intaker = intaker
        self._arrivals = arrivals
        self._elements = Elements(connection, now)
        self._now = now

    def write(self, steps: Sequence[Stepped]) -> list[list[IntakeResult]]:
        """Writes what steps left, as if one after the other; of each what its firings and events came to."""
        if not steps:
            return []
        self._remember(steps)
        mores = self._mores(steps)
        found = iter(self._intaker.add([more for of_step in mores for more in of_step]))
        results = [list(islice(found, len(of_step))) for of_step in mores]
        for step, of_step in zip(steps, results, strict=True):
            self._retag(step, of_step[len(of_step) - len(step.emitted) :])
        return results

    def _remember(self, steps: Sequence[Stepped]) -> None:
        """The last memory of each post counts."""
        last = {step.post: step for step in steps}
        kept = [
            (*post, step.guard + 1, step.follows, step.memory) for post, step in last.items() if step.memory is not None
        ]
        rows.insert(self._connection, "memory", _MEMORY, kept, _REMEMBERED)
        self._connection.executemany(_FORGET, [post for post, step in last.items() if step.memory is None])
        versions = {
            (*step.post.definition, step.follows, step.revision): None
            for step in steps
            if step.memory is not None and step.follows
        }
        rows.insert(self._connection, "definition_version", _VERSION, list(versions), _NEWER)

    def _mores(self, steps: Sequence[Stepped]) -> list[list[More]]:
        """Of each step what it fires, each firing with the row that counts it, and the events that it emits."""
        fresh = self._fresh(steps)
        moves: dict[Place, bool] = {}
        fired: list[Place] = []
        for step, causes in zip(steps, fresh, strict=True):
            moves.update(((step.post, element), present) for element, present in step.moves)
            fired += [(step.post, each.element) for cause in causes for each in cause.firings if each.element]
        counted = self._elements.place(moves, fired)
        return [
            [*(_more(step.post, cause, counted) for cause in causes), *(More(0, each.intake) for each in step.emitted)]
            for step, causes in zip(steps, fresh, strict=True)
        ]

    def _fresh(self, steps: Sequence[Stepped]) -> list[list[Cause]]:
        """Of each step the causes that fire what was not fired before, with that alone."""
        digests = [
            key_digest(step.source, step.post, each.key)
            for step in steps
            for cause in step.causes
            for each in cause.firings
        ]
        new = note_keys(self._connection, digests, self._now())
        digest = iter(digests)
        found: list[list[Cause]] = []
        for step in steps:
            causes: list[Cause] = []
            for cause in step.causes:
                firings = tuple([each for each in cause.firings if _take(new, next(digest))])
                if firings:
                    causes.append(cause._replace(firings=firings))
            found.append(causes)
        return found

    def _retag(self, step: Stepped, results: Sequence[IntakeResult]) -> None:
        """Changes the tags that emitted events tell of, but for events that were known."""
        for each, result in zip(step.emitted, results, strict=True):
            if result.status is IntakeStatus.NEW and (each.add_tags or each.remove_tags):
                self._arrivals.retag(step.post.object, each.add_tags, each.remove_tags)


def _take(new: set[bytes], digest: bytes) -> bool:
    """Whether a key is new and nobody took it yet."""
    if digest not in new:
        return False
    new.discard(digest)
    return True


def _more(post: Post, cause: Cause, counted: Mapping[Place, int]) -> More:
    firings = tuple([_firing(post, each, counted) for each in cause.firings])
    return More(cause.seq, cause.intake._replace(firings=firings))


def _firing(post: Post, fired: KeyedFiring, counted: Mapping[Place, int]) -> Firing:
    if not fired.element:
        return fired.firing
    return fired.firing._replace(element_id=counted[post, fired.element])
