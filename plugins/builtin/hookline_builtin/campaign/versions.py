"""Where a contact stands when the campaign that it is on is published over.

A contact follows the version that it is on until its next step, which the host sees to soon after the new version is
live. Then it is carried over:

- Its element is still there and of the same kind: it stays. A wait goes by its new terms, counted from when the
  contact came to it, so a shorter span may let it go at once. An entry that settles keeps the time that it has.
- Its element is still there but of another kind, or a goal that lets pass now: it comes to it as if anew.
- Its element is gone: it comes to the nearest element ahead, along the ways of the old version, that the new version
  still has; of equally near ones the first by the order of exits. That may be a webhook, which fires.
- Nothing that lay ahead is left, or the old version is not known any more: it leaves the map.

What an element is named by is its id alone. Who has left the map has left it, whatever becomes of the end.
"""

from dataclasses import dataclass
from typing import TypeAlias

from hookline_builtin.campaign.elements import Element, Entry, Goal, Wait
from hookline_builtin.campaign.graph import Graph


@dataclass(frozen=True, slots=True)
class Stays:
    """The contact is where it was."""


@dataclass(frozen=True, slots=True)
class ComesTo:
    """The contact comes to an element of the new version."""

    element: str


@dataclass(frozen=True, slots=True)
class Leaves:
    """The contact leaves the map."""


CarriedOver: TypeAlias = Stays | ComesTo | Leaves


def carried_over(old: Graph | None, new: Graph, at: str) -> CarriedOver:
    """Say what becomes of a contact that rests at an element of the old version."""
    there = new.elements.get(at)
    if there is not None:
        before = None if old is None else old.elements.get(at)
        return Stays() if _rests(there) and (before is None or type(before) is type(there)) else ComesTo(at)
    following = () if old is None else old.ahead(at)
    return next((ComesTo(element_id) for element_id in following if element_id in new.elements), Leaves())


def _rests(element: Element) -> bool:
    return isinstance(element, (Entry, Wait)) or (isinstance(element, Goal) and not element.pass_through)
