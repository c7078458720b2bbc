"""Settling ("debounce"): a definition without memory that fires once its object has been quiet for a while.

A record that is still being typed comes as many events. Each of them starts the quiet time anew, up to a longest wait
from the first; then the definition is asked for each kind of event that came, with the newest data of the object, and
what it would fire is fired once, with the newest of the events that would fire it. Conditions are so held to the data
that are sent, and not to a record half typed.

With a quiet time of 0 it fires at once: so a definition without memory can ask what only those with memory are told,
such as on which campaigns' maps the object is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from hookline_plugin.stateful import (
    MAX_MEMORY,
    AsksCampaigns,
    Due,
    Firing,
    Memory,
    ObjectState,
    Occurred,
    Outcome,
    Step,
    Timer,
)
from hookline_plugin.trigger import Compiled, Happening, Interest

NOT_SETTLING = ("", 0, 0, ())
"""What a memory says in which nothing settles. A definition that wraps `Settled` may put more behind these four."""

MOST_KINDS = 64
"""How many kinds of events settle together: the definition is asked for each of them in one step."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Events of one type with the same params: the newest of them, and all fields that they changed."""

    type: str
    params: Mapping[str, str]
    changed_fields: Sequence[str]
    key: str
    occurred_time: int


@dataclass(frozen=True, slots=True)
class _Settling:
    """What came since the first event. `name` is made of that event's key: it never comes twice.

    `kinds` stand in the order of their newest events.
    """

    name: str
    first: int
    due: int
    kinds: tuple[_Kind, ...]


class Settled:
    """A definition that waits until its object is quiet; times are in microseconds."""

    version = 1
    watches: Sequence[Interest] = ()

    def __init__(self, compiled: Compiled, quiet: int, longest: int, most: int = MAX_MEMORY) -> None:
        """Wrap a definition; `longest` is at least `quiet`, and `most` is how many bytes its memories may have.

        A quiet time of 0 fires at once, also what another quiet time left in memory.
        """
        self._compiled = compiled
        self._quiet = quiet
        self._longest = longest
        self._most = most

    @property
    def quiet(self) -> int:
        """How long it waits for the object to be quiet."""
        return self._quiet

    @property
    def paused(self) -> bool:
        """Whether the definition says so itself, as `paused`; else whether it wants no events."""
        said: object = getattr(self._compiled, "paused", None)
        return said if isinstance(said, bool) else not self._compiled.interests

    @property
    def interests(self) -> Sequence[Interest]:
        """Those of the definition."""
        return self._compiled.interests

    @property
    def campaigns(self) -> Sequence[int]:
        """Those that the definition asks about."""
        return self._compiled.campaigns if isinstance(self._compiled, AsksCampaigns) else ()

    def newest_event(self, memory: Memory) -> str:
        """Give the key of the newest event that settles; empty: nothing does. Raises ValueError as `step` does."""
        settling = _read(memory.body)
        return "" if settling is None else settling.kinds[-1].key

    def step(self, step: Step) -> Outcome:
        """Decide what follows; raises ValueError for a memory that is not its own."""
        if self.paused:
            return Outcome(step.memory, held=isinstance(step.occasion, Due), why="the definition is paused")
        settling = None if step.memory is None else _read(step.memory.body)
        match step.occasion:
            case Occurred() as occurred:
                return self._prolong(step, settling, occurred)
            case Due(key) if settling is not None and key == settling.name:
                if self._quiet and step.now < settling.due:
                    return _wait(settling, "it came early")
                return self._fire(step, settling)
            case _:
                return Outcome(None if settling is None else step.memory, why="it is over or goes on as it is")

    def _prolong(self, step: Step, settling: _Settling | None, occurred: Occurred) -> Outcome:
        first = step.now if settling is None else settling.first
        settling = _Settling(
            name=_name(occurred.key) if settling is None else settling.name,
            first=first,
            due=min(step.now + self._quiet, first + self._longest),
            kinds=_with(() if settling is None else settling.kinds, occurred),
        )
        # What has grown too much to be remembered settles at once.
        too_much = len(settling.kinds) > MOST_KINDS or len(_written(settling)) > self._most
        if settling.due <= step.now or too_much:
            return self._fire(step, settling)
        return _wait(settling, "it waits until the object is quiet")

    def _fire(self, step: Step, settling: _Settling) -> Outcome:
        fires: dict[tuple[int, str], Firing] = {}
        why = ""
        for kind in reversed(settling.kinds):
            decision = self._compiled.decide(_happening(kind, step.object, step.now))
            why = why or decision.why_not
            for fire in decision.fires:
                key = f"{settling.name}:{fire.webhook_id}:{fire.element}"
                fires.setdefault((fire.webhook_id, fire.element), Firing(key, fire.webhook_id, fire.element, kind.key))
        cancel = () if isinstance(step.occasion, Due) or step.memory is None else (settling.name,)
        return Outcome(None, cancel=cancel, fires=tuple(fires.values()), why="" if fires else why)


def _wait(settling: _Settling, why: str) -> Outcome:
    return Outcome(Memory(_written(settling)), start=(Timer(settling.name, settling.due),), why=why)


def _name(event_key: str) -> str:
    return blake2b(event_key.encode(), digest_size=8).hexdigest()


def _with(kinds: tuple[_Kind, ...], occurred: Occurred) -> tuple[_Kind, ...]:
    event = occurred.event
    params = dict(event.params)
    same = next((kind for kind in kinds if kind.type == event.type and kind.params == params), None)
    fields = dict.fromkeys((*(same.changed_fields if same else ()), *event.changed_fields))
    newest = _Kind(event.type, params, tuple(fields), occurred.key, event.occurred_time)
    return (*(kind for kind in kinds if kind is not same), newest)


def _happening(kind: _Kind, newest: ObjectState, now: int) -> Happening:
    return Happening(
        type=kind.type,
        params=kind.params,
        object_type_id=newest.object_type_id,
        object_id=newest.object_id,
        data=newest.data,
        changed_fields=kind.changed_fields,
        tags=newest.tags,
        occurred_time=kind.occurred_time,
        now=now,
        campaigns=newest.campaigns,
        object_version=newest.version,
    )


def _written(settling: _Settling) -> bytes:
    kinds = [[kind.type, kind.params, kind.changed_fields, kind.key, kind.occurred_time] for kind in settling.kinds]
    return json.dumps([settling.name, settling.first, settling.due, kinds], separators=(",", ":")).encode()


def _read(body: bytes) -> _Settling | None:
    """Read what was written, whatever another definition has put behind it; None: nothing settles."""
    try:
        name, first, due, kinds, *_ = json.loads(body)
        read = tuple(_Kind(type_, params, tuple(fields), key, time) for type_, params, fields, key, time in kinds)
        settling = _Settling(str(name), int(first), int(due), read)
    except TypeError:
        raise ValueError("the memory is none of a settling definition's") from None
    return settling if read else None
