"""Which walks a list of deliveries takes: of those that meet all that is asked for the ones that meet the fewest."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from hookline_dispatcher.core.delivery import State
from hookline_dispatcher.store.model import DeliveryFilter

from . import rows
from .named import Text, column, events_of_id, events_of_object, lane_of
from .stretches import Stretch
from .tally import RETRYING
from .walks import Walk, Walks, of_account, of_firer, of_lane, of_reason, of_state

MOST_EVENTS = 20_000
"""Up to how many events of an object are collected."""
MOST_WAITING = 5000
"""Up to how many deliveries that wait in a lane are collected."""
MERGED = 20
"""Up to how many walks are merged; of more the newest one is looked for, again and again."""
MOST_WALKS = 2000
"""Beyond how many walks not even that is worth it."""
COUNTED = 20_000
"""How far is counted to find the shorter of two ways: what is walked along within the time of a page, about."""
COUNTED_FAR = 200_000
"""How far is counted where all ways are longer than that."""

_IN_WAIT = frozenset((State.WAITING, RETRYING))
_WAITING = "SELECT id FROM delivery INDEXED BY delivery_due WHERE state = 1 AND lane_id = ? LIMIT ?"
_FIRED = """
SELECT id FROM delivery INDEXED BY delivery_by_event WHERE event_seq IN (SELECT value FROM json_each(?)) ORDER BY id
"""


def walks_of(
    connection: sqlite3.Connection, account_id: int, which: DeliveryFilter, text: Text | None, within: Stretch
) -> Walks:
    """The walks that together meet each delivery that the filter keeps."""
    if which.event_id:
        return Walks(ids=_fired(connection, events_of_id(connection, account_id, which.event_id)))
    if which.object_id:
        seqs = events_of_object(connection, account_id, which.object_type_id, which.object_id, MOST_EVENTS)
        if len(seqs) <= MOST_EVENTS:
            return Walks(ids=_fired(connection, seqs))
    ways = list(_ways(connection, account_id, which, text))
    if not ways:
        return Walks([of_account(account_id)])
    if len(ways) == 1 and ways[0].over is None:
        return ways[0]
    counts = [way.count(connection, *within, COUNTED) for way in ways]
    if min(counts) >= COUNTED:
        counts = [way.count(connection, *within, COUNTED_FAR) for way in ways]
    way = ways[counts.index(min(counts))]
    return way.collected(connection, *within) if way.over and min(counts) < COUNTED else way


def _ways(connection: sqlite3.Connection, account_id: int, which: DeliveryFilter, text: Text | None) -> Iterator[Walks]:
    """All that would do but the account's own walk, those first that tend to be shorter."""
    if which.fired_by:
        yield Walks([of_firer(account_id, which.fired_by)])
    lane_id = lane_of(connection, which.target) if which.target else 0
    if which.target and not lane_id:
        yield Walks()
    states = _states(connection, account_id, which)
    if State.DELIVERED not in states:
        yield _of_states(connection, account_id, lane_id, states)
    if lane_id:
        yield Walks([of_lane(lane_id)])
    if text is not None:
        failed = [state for state in states if state != State.DELIVERED]
        yield from _of_text(connection, account_id, lane_id, failed, text)


def _states(connection: sqlite3.Connection, account_id: int, which: DeliveryFilter) -> list[int]:
    """The states, and RETRYING, that are asked for and that any delivery is in."""
    if which.retrying:
        wanted: Sequence[int] = which.states if State.WAITING in which.states else (*which.states, RETRYING)
    else:
        wanted = which.states or tuple(State)
    counts = dict(connection.execute("SELECT state, number FROM delivery_count WHERE account_id = ?", (account_id,)))
    return [int(state) for state in wanted if counts.get(int(state), 0)]


def _of_states(connection: sqlite3.Connection, account_id: int, lane_id: int, states: Sequence[int]) -> Walks:
    """What is in these states; of what waits in one lane no index has the order of ids."""
    waiting: list[int] = []
    if lane_id and not _IN_WAIT.isdisjoint(states):
        waiting = column(connection, _WAITING, (lane_id, MOST_WAITING + 1))
        if len(waiting) <= MOST_WAITING:
            states = [state for state in states if state not in _IN_WAIT]
    return Walks([of_state(account_id, lane_id, state) for state in states], sorted(waiting))


def _of_text(
    connection: sqlite3.Connection, account_id: int, lane_id: int, failed: Sequence[int], text: Text
) -> Iterator[Walks]:
    """What a text names, and what has a reason that it is a part of: nothing that was delivered has one."""
    lanes = [of_lane(each) for each in text.lanes if lane_id in (0, each)]
    ids = {*text.ids, *_fired(connection, text.seqs)}
    if text.reasons is not None:
        reasons = [of_reason(account_id, reason) for reason in text.reasons if failed]
        yield _together(account_id, [*lanes, *reasons], ids)
    if text.reasons is None or lane_id:
        some = _of_states(connection, account_id, lane_id, failed)
        yield _together(account_id, [*lanes, *some.along], ids.union(some.ids))


def _together(account_id: int, along: Sequence[Walk], ids: Iterable[int]) -> Walks:
    if len(along) > MOST_WALKS:
        return Walks([of_account(account_id)])
    return Walks(along, sorted(ids), of_account(account_id) if len(along) > MERGED else None)


def _fired(connection: sqlite3.Connection, seqs: Sequence[int]) -> list[int]:
    """The deliveries of events, the oldest first."""
    return column(connection, _FIRED, (rows.keys(seqs),))
