"""What the router decided, written: each turn as a whole or not at all, many turns in one transaction.

A turn is void when what it was made from has changed meanwhile: its route or timer is gone, or a memory has another
row version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence

from hookline_dispatcher.core.instants import NEVER
from hookline_dispatcher.store.model import IntakeResult, IntakeStatus
from hookline_dispatcher.store.routing import DueTimer, Post, Retry, Route, Stepped, Turn

from . import rows
from .arrivals import ROUTE, Arrivals
from .intake import Intaker
from .steps import Steps

LONGEST_NOTE = 4096
_VOID = IntakeResult(IntakeStatus.CONFLICT)

_WHERE = "account_id = ? AND kind = ? AND definition_id = ? AND object_type_id = ? AND object_id = ?"
_VERSIONS = rows.select(
    "j.key, m.row_version",
    """
    FROM json_each(?) j JOIN memory m ON m.account_id = j.value ->> 0 AND m.kind = j.value ->> 1
        AND m.definition_id = j.value ->> 2 AND m.object_type_id = j.value ->> 3 AND m.object_id = j.value ->> 4
    """,
)
_START = """
INSERT INTO timer (account_id, kind, definition_id, object_type_id, object_id, key, due_time, hop, held)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)
ON CONFLICT (account_id, kind, definition_id, object_type_id, object_id, key) DO UPDATE
SET due_time = excluded.due_time, hop = excluded.hop, held = 0
"""
NEXT = f"""
UPDATE pending_route SET retry_time = 1 WHERE id = (
    SELECT min(id) FROM pending_route INDEXED BY route_own WHERE likely(kind > 0) AND {_WHERE} AND aside_time = 0
) AND retry_time = {NEVER}
"""  # noqa: S608 - constants
_AHEAD = f"""
SELECT EXISTS (SELECT 1 FROM pending_route INDEXED BY route_own WHERE likely(kind > 0) AND {_WHERE} AND aside_time = 0)
"""  # noqa: S608 - constants


class Turner:
    """Runs on the writer's thread, within its transaction."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        intaker: Intaker,
        arrivals: Arrivals,
        now: Callable[[], int],
    ) -> None:
        self._connection = connection
        self._steps = Steps(connection, intaker, arrivals, now)
        self._now = now

    def write(self, turns: Sequence[Turn]) -> list[IntakeResult]:
        """Writes turns in order; CONFLICT for those that are void, and nothing of these.

        What their steps left is written behind all of them, in few statements. None of it makes another turn void.
        """
        known = self._routes(turn.route.id for turn in turns if turn.route)
        steps = [step for turn in turns for step in turn.steps]
        posts = list(dict.fromkeys(post for step in steps for post in (step.post, *(read for read, _ in step.reads))))
        found = rows.table(self._connection, _VERSIONS, (rows.keys(map(tuple, posts)),)) if posts else []
        versions = {posts[index]: version for index, version in found}
        taken = [turn.steps if self._take(turn, known, versions) else None for turn in turns]
        written = iter(self._steps.write([step for steps in taken if steps for step in steps]))
        return [
            _VOID if steps is None else _result([result for _ in steps for result in next(written)]) for steps in taken
        ]

    def _routes(self, ids: Iterable[int]) -> set[int]:
        statement = rows.select("id", "FROM pending_route WHERE id IN (SELECT value FROM json_each(?))")
        return {row[0] for row in rows.table(self._connection, statement, (rows.keys(ids),))}

    def _take(self, turn: Turn, known: set[int], versions: dict[Post, int]) -> bool:
        """Takes away what a turn came from, puts aside what it could not tell; False: it is void."""
        if any(versions.get(post, 0) != guard for step in turn.steps for post, guard in _reads(step)):
            return False
        if turn.route and turn.route.id not in known:
            return False
        if turn.timer and not self._end_timer(turn.timer, turn.hold):
            return False
        for step in turn.steps:
            versions[step.post] = 0 if step.memory is None else step.guard + 1
            self._timers(step)
        if turn.note and turn.timer and turn.note_event:
            self._note("account_id = ? AND id = ?", (turn.timer.post.account_id, turn.note_event), turn.note)
        elif turn.note and turn.route and turn.route.event_seq:
            self._note("seq = ?", (turn.route.event_seq,), turn.note)
        if turn.route:
            self._end_route(turn.route, turn.retries)
            known.discard(turn.route.id)
        for retry in turn.retries:
            if retry.route.id == 0:
                self._put_aside(retry)
        return True

    def _end_timer(self, timer: DueTimer, hold: bool) -> bool:
        """Takes a timer away, or holds it; False where it is not as it was read."""
        change = "UPDATE timer SET held = 1" if hold else "DELETE FROM timer"
        statement = f"{change} WHERE {_WHERE} AND key = ? AND due_time = ? AND held = 0"
        done = self._connection.execute(statement, (*timer.post, timer.key, timer.due_time))
        return done.rowcount == 1

    def _end_route(self, route: Route, retries: Iterable[Retry]) -> None:
        again = next((retry for retry in retries if retry.route.id == route.id), None)
        if again is None:
            self._connection.execute("DELETE FROM pending_route WHERE id = ?", (route.id,))
        else:
            aside = self._now() if again.set_aside else 0
            self._connection.execute(
                "UPDATE pending_route SET attempts = ?, retry_time = ?, aside_time = ?, reason = ? WHERE id = ?",
                (again.route.attempts, NEVER if again.set_aside else again.retry_time, aside, again.reason, route.id),
            )
        if route.kind and (again is None or again.set_aside):
            self._connection.execute(NEXT, route.post)

    def _put_aside(self, retry: Retry) -> None:
        """A route for one definition alone, behind those that wait for it already."""
        route = retry.route
        own = (route.source, route.what, route.kind, route.definition_id, route.event_seq, route.hop)
        aside = self._now() if retry.set_aside else 0
        time = NEVER if aside else retry.retry_time
        if retry.retry_time == NEVER and not self._connection.execute(_AHEAD, route.post).fetchone()[0]:
            time = 1
        times = (route.attempts, route.create_time, time, aside)
        row = (*route.object, *own, route.timer_key, route.due_time, *times, retry.reason)
        rows.insert(self._connection, "pending_route", ROUTE, [row])

    def _note(self, which: str, values: tuple[object, ...], note: str) -> None:
        self._connection.execute(
            f"UPDATE event SET note = note || char(10) || ? WHERE {which} AND length(note) < ?",  # noqa: S608 - constants
            (note, *values, LONGEST_NOTE),
        )

    def _timers(self, step: Stepped) -> None:
        if step.cancel:
            self._connection.executemany(
                f"DELETE FROM timer WHERE {_WHERE} AND key = ?",  # noqa: S608 - constants
                [(*step.post, key) for key in step.cancel],
            )
        if step.start:
            self._connection.executemany(_START, [(*step.post, *timer) for timer in step.start])


def _reads(step: Stepped) -> tuple[tuple[Post, int], ...]:
    """The memories that a step was made from, with the row versions that they had then."""
    return ((step.post, step.guard), *step.reads)


def _result(results: Sequence[IntakeResult]) -> IntakeResult:
    """What all that one turn fires came to."""
    claims = tuple([claim for result in results for claim in result.claims])
    return IntakeResult(IntakeStatus.NEW, sum([result.deliveries for result in results]), claims)
