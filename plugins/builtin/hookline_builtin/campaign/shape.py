"""What can be wrong with a map as a whole: ids, exits, ways that lead nowhere or nowhere from, loops without a rest."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from hookline_builtin.campaign.elements import Element, Entry, Fork, Goal, Span, Split, Wait
from hookline_builtin.campaign.graph import ahead
from hookline_builtin.campaign.reading import Placed
from hookline_plugin.trigger import Flaw

_MAX_HINTS = 3
"""How many unknown exits are told with the id that was probably meant: looking for it compares with every element."""
_SHOWN = 20
"""How many elements of a loop are named; of a longer one the first and the last."""


def shape_flaws(placed: Sequence[Placed], elements_path: str = "elements") -> Iterator[Flaw]:
    """Give the flaws of a map whose elements are read; loops only where all else is right."""
    if not any(isinstance(each.element, Entry) for each in placed):
        yield Flaw(elements_path, "must have at least one entry")
    own = [*_same_ids(placed), *_exits(placed), *_unreached(placed)]
    yield from own
    if not own:
        yield from _loops(placed)


def _same_ids(placed: Sequence[Placed]) -> Iterator[Flaw]:
    first: dict[str, Placed] = {}
    for each in placed:
        if each.element.id in first:
            yield Flaw(each.node.at("id"), f"is the id of {first[each.element.id].node.path} as well")
        first.setdefault(each.element.id, each)


def _exits(placed: Sequence[Placed]) -> Iterator[Flaw]:
    by_id = {each.element.id: each.element for each in placed}
    told = 0
    for each in placed:
        for key, exit_id in zip(_exit_keys(each.element), each.element.exits, strict=True):
            reason = _exit_flaw(exit_id, by_id, hint=told < _MAX_HINTS)
            if reason:
                told += 1
                yield Flaw(each.node.at(key), reason)


def _exit_keys(element: Element) -> Sequence[str]:
    match element:
        case Fork():
            return ("condition.yes", "condition.no")
        case Split():
            return [f"split.branches[{index}].next" for index in range(len(element.ways))]
        case _:
            return ["next"] * len(element.exits)


def _exit_flaw(exit_id: str, by_id: Mapping[str, Element], *, hint: bool) -> str:
    if not exit_id:
        return "must name the element that follows"
    if exit_id not in by_id:
        near = get_close_matches(exit_id[:64], by_id, n=1) if hint else ()
        return f"there is no element {exit_id[:64]!r}" + (f"; did you mean {near[0]!r}?" if near else "")
    if isinstance(by_id[exit_id], Entry):
        return f"leads to the entry {exit_id!r}: contacts come in there, ways do not"
    return ""


def _unreached(placed: Sequence[Placed]) -> Iterator[Flaw]:
    exits = {each.element.id: each.element.exits for each in placed}
    reached = {each.element.id for each in placed if isinstance(each.element, (Entry, Goal))}
    exits[""] = tuple(reached)
    reached.update(ahead(exits, ""))
    for each in placed:
        if each.element.id not in reached:
            yield Flaw(each.node.path, f"no way leads to {each.element.id!r}")


def _loops(placed: Sequence[Placed]) -> Iterator[Flaw]:
    nodes = {each.element.id: each.node for each in placed}
    exits = _in_loops({each.element.id: each.element.exits for each in placed if not _rests(each.element)})
    named: set[str] = set()
    for start in exits:
        if start in named:
            continue
        loop = _way_back(exits, start)
        if loop and not named.intersection(loop):
            named.update(loop)
            yield Flaw(nodes[start].path, f"loops without a wait for a span or a goal: {_written(loop)}")


def _rests(element: Element) -> bool:
    # A wait for a date lets everybody pass once that date is gone, so it stops no loop.
    match element:
        case Wait():
            return isinstance(element.until, Span)
        case Goal():
            return not element.pass_through
        case _:
            return False


def _in_loops(exits: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Keep what is on a loop or leads from one to another: what leads nowhere, or is led to from nowhere, goes."""
    left = {key: [exit_id for exit_id in ways if exit_id in exits] for key, ways in exits.items()}
    while True:
        led_to = {exit_id for ways in left.values() for exit_id in ways}
        kept = {key: ways for key, ways in left.items() if ways and key in led_to}
        if len(kept) == len(left):
            return left
        left = {key: [exit_id for exit_id in ways if exit_id in kept] for key, ways in kept.items()}


def _way_back(exits: Mapping[str, Sequence[str]], start: str) -> list[str]:
    """Give a shortest loop through an element, which stands at both ends; nothing where there is none."""
    came_from: dict[str, str] = {}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for there in exits[here]:
            if there == start:
                way = [start, here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if there not in came_from:
                came_from[there] = here
                queue.append(there)
    return []


def _written(loop: Sequence[str]) -> str:
    shown = loop if len(loop) <= _SHOWN else [*loop[: _SHOWN - 2], "...", *loop[-2:]]
    return " -> ".join(shown)
