"""A campaign map as a graph: which elements there are, and what lies ahead of which."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hookline_builtin.campaign.elements import Element, Entry, Goal


@dataclass(frozen=True, slots=True)
class Graph:
    """The elements by id, in the order of the definition. It is whole: every exit leads to an element."""

    elements: Mapping[str, Element]
    entries: tuple[Entry, ...]
    goals: tuple[Goal, ...]
    detached: frozenset[str]
    """The goals that nothing leads to: whoever waits anywhere can jump there."""

    def ahead(self, start: str) -> Iterator[str]:
        """Give what can be reached from an element, the nearest first, exits in their order.

        The start is among it where a way leads back. An element that is not on the map has nothing ahead.
        """
        return ahead({element_id: element.exits for element_id, element in self.elements.items()}, start)

    def nearest_goal(self, start: str, achieved: Collection[str]) -> str | None:
        """Give the goal to jump to from a place: itself, else the nearest ahead, else the first detached one."""
        if start in achieved:
            return start
        for element_id in self.ahead(start):
            if element_id in achieved:
                return element_id
        return next((goal.id for goal in self.goals if goal.id in achieved and goal.id in self.detached), None)


def graph_of(elements: Iterable[Element]) -> Graph:
    """Put elements together that have no flaws of shape."""
    by_id = {element.id: element for element in elements}
    led_to = {exit_id for element in by_id.values() for exit_id in element.exits}
    goals = tuple(element for element in by_id.values() if isinstance(element, Goal))
    return Graph(
        elements=MappingProxyType(by_id),
        entries=tuple(element for element in by_id.values() if isinstance(element, Entry)),
        goals=goals,
        detached=frozenset(goal.id for goal in goals if goal.id not in led_to),
    )


def ahead(exits: Mapping[str, Iterable[str]], start: str) -> Iterator[str]:
    """Give what can be reached from a start, the nearest first; the start itself where a way leads back to it."""
    seen: set[str] = set()
    queue = deque(exits.get(start, ()))
    while queue:
        element_id = queue.popleft()
        if element_id not in seen:
            seen.add(element_id)
            yield element_id
            queue.extend(exits.get(element_id, ()))
