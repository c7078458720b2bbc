"""A rule that waits for dates: it notes the date that each event tells of, and is asked when that comes.

What always holds: each date that is yet to come has a timer, and no timer lives without its date. A date comes once for
an object: when it is reached, or, of a day, when it is told of on that very day. A moment, or a day, that is over when
it is told of does not come. Dates are those of the object's newest data, whatever event they were told by.

A date that comes is to the rule like an event: its conditions are held against the newest data, and where the rule
settles, it settles. A rule that is paused goes on noting dates, and those that come meanwhile are not made up for.

What is remembered is what `Settled` remembers, with the dates behind it: a rule whose date triggers are taken away goes
on with that.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from hookline_builtin.triggers.date_trigger import DAY, DateTrigger
from hookline_builtin.triggers.date_words import in_words
from hookline_plugin.catalogue import EVENT_TYPES, lookups
from hookline_plugin.settled import NOT_SETTLING, Settled
from hookline_plugin.stateful import Due, Firing, Memory, Occurred, Outcome, Step, Timer
from hookline_plugin.trigger import Compiled, Happening, Interest

ROOM = 8_192
"""Bytes of a memory that dates may take up: those of 50 triggers take half of it."""


@dataclass(frozen=True, slots=True)
class _Dates:
    """By the name of a trigger: when what is yet to come comes, and what has come today."""

    coming: Mapping[str, int]
    come: Mapping[str, int]


class Dated:
    """A rule with triggers that come with dates, and perhaps others, which it has in a definition that settles."""

    paused = False
    watches: Sequence[Interest] = ()

    def __init__(self, rule: Compiled, settled: Settled, object_type_id: int, triggers: Sequence[DateTrigger]) -> None:
        self._rule = rule
        self._settled = settled
        self._triggers = {each.name: each for each in triggers}
        told = " ".join(sorted(f"{name} {each.kind}" for name, each in self._triggers.items()))
        # Above 1, which is that of what has no dates.
        self.version = 2 + int.from_bytes(blake2b(told.encode(), digest_size=7).digest())
        self.interests = tuple(Interest(kind.name, object_type_id) for kind in EVENT_TYPES if kind.producer)

    @property
    def campaigns(self) -> Sequence[int]:
        """Those that the rule's conditions ask about."""
        return self._settled.campaigns

    def step(self, step: Step) -> Outcome:
        """Decide what follows; raises ValueError for a memory that is not its own."""
        dates, settling = _read(step.memory)
        told = _Telling(self._settled, step, settling)
        after, now_here = self._looked(dates, step)
        for name in now_here:
            told.date(self._triggers[name], name, after.come[name])
        if isinstance(step.occasion, Occurred):
            if _covers(self._settled.interests, step.occasion.event):
                told.step(step)
        elif not (isinstance(step.occasion, Due) and step.occasion.key in dates.coming):
            told.step(step)
        return self._outcome(step, dates, after, told)

    def _looked(self, dates: _Dates, step: Step) -> tuple[_Dates, Sequence[str]]:
        """Give the dates as the newest data have them, and which of them have come with this step."""
        coming: dict[str, int] = {}
        come = {name: time for name, time in dates.come.items() if time // DAY == step.now // DAY}
        here: list[str] = []
        for name, trigger in self._triggers.items():
            date = trigger.coming(step.object.data.get(trigger.field))
            if date is None or date.time == come.get(name):
                continue
            if date.time > step.now:
                coming[name] = date.time
            elif dates.coming.get(name) == date.time or not date.past(step.now):
                come[name] = date.time
                here.append(name)
        return _Dates(coming, come), here

    def _outcome(self, step: Step, before: _Dates, after: _Dates, told: "_Telling") -> Outcome:
        delivered = step.occasion.key if isinstance(step.occasion, Due) else ""
        start = [
            Timer(name, time)
            for name, time in after.coming.items()
            if name == delivered or before.coming.get(name) != time
        ]
        cancel = [name for name in before.coming if name not in after.coming and name != delivered]
        memory = _written(after, told.memory, self.version)
        said = f"it waits for the date in {self._triggers[start[0].key].field}" if start else ""
        why = "" if told.fires else told.why or said
        if step.rehearsed:
            why = "; ".join(filter(None, (told.why, *self._in_words(step, before, after))))
        return Outcome(
            memory=step.memory if told.held else memory,
            start=() if told.held else (*start, *told.start.values()),
            cancel=() if told.held else (*cancel, *told.cancel),
            fires=tuple(told.fires),
            held=told.held,
            why=why,
        )

    def _in_words(self, step: Step, before: _Dates, after: _Dates) -> Iterator[str]:
        """Say of each trigger when it comes and whether the rule would fire then, or why it does not come."""
        if self._settled.paused:
            yield "the rule is paused: it notes dates, and does not fire when they come"
        for name, trigger in self._triggers.items():
            came = after.come.get(name)
            value = step.object.data.get(trigger.field)
            said = in_words(trigger, value, step.now, came, again=came == before.come.get(name))
            comes = after.coming.get(name)
            if comes is not None and not self._settled.paused:
                missed = self._rule.decide(_come(trigger, step, comes, comes)).why_not
                said += f", when as things are it would not fire: {missed}" if missed else ""
            yield said


class _Telling:
    """What the rule is told in one step, and what comes of it."""

    def __init__(self, settled: Settled, step: Step, memory: Memory | None) -> None:
        self._settled = settled
        self._step = step
        self.memory = memory
        self.start: dict[str, Timer] = {}
        self.cancel: list[str] = []
        self.fires: list[Firing] = []
        self.held = False
        self.why = ""

    def date(self, trigger: DateTrigger, name: str, time: int) -> None:
        """Tell that a date has come."""
        if self._settled.paused:
            return
        event = _come(trigger, self._step, time, self._step.now)
        self.step(replace(self._step, occasion=Occurred(f"{name} {time}", event)))

    def step(self, step: Step) -> None:
        """Let the definition that settles take a step; a later one may take back what an earlier one asked for."""
        outcome = self._settled.step(replace(step, memory=self.memory))
        self.memory = outcome.memory
        self.held = self.held or outcome.held
        self.why = outcome.why or self.why
        for key in outcome.cancel:
            self.start.pop(key, None)
            self.cancel.append(key)
        self.start.update((timer.key, timer) for timer in outcome.start)
        # Of a date no event is stored whose type and params could go along.
        self.fires.extend(replace(each, event="") if " " in each.event else each for each in outcome.fires)


def _come(trigger: DateTrigger, step: Step, time: int, now: int) -> Happening:
    """Give the coming of a date as what happens to the object as it is known."""
    newest = step.object
    return Happening(
        type=trigger.event,
        params=trigger.params,
        object_type_id=newest.object_type_id,
        object_id=newest.object_id,
        data=newest.data,
        tags=newest.tags,
        occurred_time=time,
        now=now,
        campaigns=newest.campaigns,
    )


def _covers(interests: Sequence[Interest], event: Happening) -> bool:
    found = set(lookups(event.type, event.object_type_id, event.params, event.changed_fields))
    return any(
        (each.event, each.number) in found and each.object_type_id in (None, event.object_type_id) for each in interests
    )


def _read(memory: Memory | None) -> tuple[_Dates, Memory | None]:
    """Read what `_written` wrote, or what is remembered without dates."""
    if memory is None:
        return _Dates({}, {}), None
    body = json.loads(memory.body)
    if not isinstance(body, list) or len(body) not in (4, 5):
        raise ValueError("the memory is none of a rule's")
    dates = body[4] if len(body) == 5 else [{}, {}]
    if not isinstance(dates, list) or len(dates) != 2:
        raise ValueError("the memory is none of a rule's")
    settling = Memory(json.dumps(body[:4], separators=(",", ":")).encode()) if body[3] else None
    return _Dates(_times(dates[0]), _times(dates[1])), settling


def _times(read: object) -> dict[str, int]:
    if not isinstance(read, dict) or not all(type(time) is int for time in read.values()):
        raise ValueError("the memory has no dates where they belong")
    return read


def _written(dates: _Dates, settling: Memory | None, version: int) -> Memory | None:
    if not dates.coming and not dates.come:
        return settling
    body = json.loads(settling.body) if settling is not None else [*NOT_SETTLING]
    told = [*body, [dates.coming, dates.come]]
    return Memory(json.dumps(told, separators=(",", ":")).encode(), follows=version)
