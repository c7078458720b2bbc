"""Snapshots: the data of an object as a definition found them when it fired, kept as an event would be.

Deliveries need data that do not change. Where these are not those of one event (a wait has ended, or the object has
changed since), what is found then is stored under an id of the system. It is no event of its own: nothing is routed
by it, and lists leave it out unless it is asked for. Where it stands for an event it has the type of that event.
"""

from __future__ import annotations

from hookline_plugin.catalogue import DEFINITION_CHANGED, TIMER_DUE

MARK = " data "
"""What every id of a snapshot holds, and no other id: those of producers have no blanks."""
TYPES = (TIMER_DUE, DEFINITION_CHANGED)
"""The types of those that stand for no event."""


def snapshot_id(source: str, definition_id: int, digest: str) -> str:
    """The id of what a definition found; the digest is over all that tells it from others."""
    return f"{source}/{definition_id}{MARK}{digest}"


def is_snapshot(event_id: str) -> bool:
    """Whether an event is a snapshot, by its id."""
    return MARK in event_id
