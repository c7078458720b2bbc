"""The plugin API's values as what JSON can say, and back: lists whose places have a meaning.

Nothing else is ever made of what the other process says. Reading raises LookupError, TypeError or ValueError where the
shape is another one; what the parts are is looked at by whoever uses them, as with a plugin that is trusted.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

from hookline_plugin.encoder import Payload, Value
from hookline_plugin.template import Merge
from hookline_plugin.trigger import Decision, FieldInfo, Fire, Flaw, Happening, Interest, World

MOST_PARTS = 10_001
"""Of anything that a plugin gives as an iterable; bounds elsewhere are lower or the same."""


class Written(float):
    """A number that is written as it was where it came from: 19.90, not 19.9."""

    _text: str

    def __new__(cls, text: str) -> "Written":
        """Read a number of JSON."""
        made = super().__new__(cls, text)
        made._text = text
        return made

    def __repr__(self) -> str:
        return self._text


def some(given: Iterable[Any], kind: type | tuple[type, ...] = object) -> list[Any]:
    """Take the parts of something that a plugin gave.

    Raises TypeError for one of another kind, ValueError where there are too many.
    """
    found = list(islice(given, MOST_PARTS))
    if len(found) == MOST_PARTS:
        raise ValueError("too many parts")
    if not all(isinstance(each, kind) for each in found):
        raise TypeError("not what it should be")
    return found


def payload_out(payload: Payload) -> list[Any]:
    """Write a payload, with the numbers that JSON would write in another way than they say themselves."""
    return [payload, list(_numbers(payload, ()))]


def payload_in(written: list[Any]) -> dict[str, Value]:
    """Read a payload."""
    payload, numbers = written
    if not isinstance(payload, dict):
        raise TypeError("no payload")
    for path, text in numbers:
        place: Any = payload
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = Written(text)
    return payload


def happening_out(told: Happening) -> list[Any]:
    """Write an event as a source sees it."""
    return [
        told.type,
        dict(told.params),
        told.object_type_id,
        told.object_id,
        payload_out(told.data),
        list(told.changed_fields),
        list(told.tags),
        told.occurred_time,
        told.now,
        sorted(told.campaigns),
        told.object_version,
    ]


def happening_in(written: list[Any]) -> Happening:
    """Read an event as a source sees it."""
    type_, params, object_type_id, object_id, data, changed, tags, occurred_time, now, campaigns, version = written
    return Happening(
        type=type_,
        params=params,
        object_type_id=object_type_id,
        object_id=object_id,
        data=payload_in(data),
        changed_fields=tuple(changed),
        tags=tuple(tags),
        occurred_time=occurred_time,
        now=now,
        campaigns=frozenset(campaigns),
        object_version=version,
    )


def world_out(world: World) -> list[Any]:
    """Write what an account has."""
    types = [
        [id_, [[each.key, each.label, each.kind, each.related_object_type_id] for each in fields]]
        for id_, fields in world.object_types.items()
    ]
    return [types, list(world.webhooks.items()), list(world.campaigns.items())]


def world_in(written: list[Any]) -> World:
    """Read what an account has."""
    types, webhooks, campaigns = written
    fields_of = {id_: tuple(FieldInfo(*each) for each in fields) for id_, fields in types}
    return World(fields_of, dict(webhooks), dict(campaigns))


def wholes_in(written: Any) -> tuple[int, ...]:
    """Read whole numbers.

    Raises TypeError for anything else.
    """
    found = tuple(written)
    if not all(isinstance(each, int) for each in found):
        raise TypeError("no whole number")
    return found


def decision_out(decision: object) -> list[Any]:
    """Write what a definition decided.

    Raises TypeError for anything else.
    """
    if not isinstance(decision, Decision):
        raise TypeError("no decision")
    return [[[each.webhook_id, each.element] for each in some(decision.fires, Fire)], decision.why_not]


def decision_in(written: Any) -> Decision:
    """Read what a definition decided."""
    fires, why_not = written
    return Decision(tuple(Fire(webhook_id, element) for webhook_id, element in fires), why_not)


def interests_out(interests: Iterable[Interest]) -> list[Any]:
    """Write which events a definition wants."""
    return [[each.event, each.object_type_id, each.number] for each in some(interests, Interest)]


def interests_in(written: Any) -> Sequence[Interest]:
    """Read which events a definition wants.

    Raises TypeError for what cannot be looked up.
    """
    found = tuple(Interest(event, object_type_id, number) for event, object_type_id, number in written)
    for each in found:
        told: tuple[object, ...] = (each.event, each.object_type_id, each.number)
        if not all(isinstance(part, (str, int, type(None))) for part in told):
            raise TypeError("no interest")
    return found


def flaws_out(flaws: Iterable[Flaw]) -> list[Any]:
    """Write what is wrong with a definition, the first hundred things."""
    return [[str(each.path)[:512], str(each.reason)[:1024]] for each in islice(flaws, 100)]


def flaws_in(written: Any) -> tuple[Flaw, ...]:
    """Read what is wrong with a definition."""
    return tuple(Flaw(str(path), str(reason)) for path, reason in written)


def merges_out(merges: Iterable[Merge]) -> list[Any]:
    """Write the merge fields of a template."""
    return [[each.name, None if each.path is None else list(each.path), each.default] for each in some(merges, Merge)]


def merges_in(written: Any) -> tuple[Merge, ...]:
    """Read the merge fields of a template.

    Raises TypeError for anything else.
    """
    found = []
    for name, path, default in written:
        texts = [name, default, *(path or ())]
        if not all(isinstance(each, str) for each in texts) or not isinstance(path, (list, type(None))):
            raise TypeError("no merge field")
        found.append(Merge(name, None if path is None else tuple(path), default))
    return tuple(found)


def _numbers(value: object, path: tuple[str | int, ...]) -> Iterable[list[Any]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if type(each) not in _PLAIN:
                yield from _numbers(each, (*path, key))
    elif isinstance(value, (list, tuple)):
        for index, each in enumerate(value):
            if type(each) not in _PLAIN:
                yield from _numbers(each, (*path, index))
    elif isinstance(value, float):
        yield [list(path), repr(value)]


_PLAIN = frozenset({str, int, float, bool, type(None)})
