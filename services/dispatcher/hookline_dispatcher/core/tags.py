"""What an event tells of its object's tags: all of them, as its list; or one that came or went, as its type says.

An event that a tag was added or removed tells of that tag in any case; where it carries no list, of no other. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

from .event import Event

ADDED, REMOVED = "sub_tag", "unsub_tag"
_TAG = "tag_id"
MOST = 1000
"""How many tags of an object are known, as many as an event may list; the one that was told of first goes first."""


def changes_one(event: Event) -> bool:
    """Whether an event tells of one tag alone, so that the others must be known from before."""
    return not event.tags and event.type in (ADDED, REMOVED) and bool(event.params.get(_TAG))


def tags_after(event: Event, known: Sequence[str] = ()) -> tuple[str, ...]:
    """The tags that the object of an event has after it, where ``known`` are those that it had before."""
    tag = event.params.get(_TAG, "")
    if event.type == ADDED and tag:
        tags = event.tags or tuple(known)
        return tags if tag in tags else (*tags, tag)[-MOST:]
    if event.type == REMOVED and tag:
        return tuple(each for each in event.tags or known if each != tag)
    return event.tags
