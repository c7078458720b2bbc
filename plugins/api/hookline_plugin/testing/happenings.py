"""Events for the suites of trigger sources: made of a source's own interests, with data that nobody expects."""

from collections.abc import Iterable, Iterator

from hookline_plugin.catalogue import FIELD_IS_UPDATED, OBJECT_TYPE_ID, event_type, lookups
from hookline_plugin.encoder import Payload
from hookline_plugin.testing.definitions import ODD
from hookline_plugin.trigger import FieldInfo, Happening, Interest, World

NOW = 1_800_000_000_000_000
"""When they happen, in microseconds since the epoch."""

SECRET = "hunter2"  # noqa: S105 - a value that must not be repeated, not one that opens anything
"""The value of a field that no reason may repeat."""


def odd_happenings(interests: Iterable[Interest], world: World) -> Iterator[Happening]:
    """Give events that the interests cover, each with several kinds of data."""
    for interest in interests:
        kind = event_type(interest.event)
        params = {"outcome": "0", "option": "1", "url": "https://example.com/"}
        param = None if kind is None else kind.number_param
        if param not in (None, OBJECT_TYPE_ID):
            params[str(param)] = interest.number or "1"
        about = interest.object_type_id or 0
        changed = (interest.number or "email",) if interest.event == FIELD_IS_UPDATED else ()
        for data in odd_data(world.object_types.get(about, ())):
            yield Happening(interest.event, params, about, "8", data, changed, (), NOW, NOW)
        yield Happening(interest.event, {}, about, "", {}, changed, ("4", "", "x" * 1_000), 0, 0)
        yield Happening(interest.event, dict.fromkeys(params, "\x00"), 2**31 - 1, "8", {}, changed, (), NOW, NOW)


def odd_data(fields: Iterable[FieldInfo]) -> Iterator[Payload]:
    """Give data in which every field has the same odd value; first the secret one."""
    keys = [field.key for field in fields] or ["email"]
    yield {**dict.fromkeys(keys, SECRET), "Owner": {"email": SECRET}}
    for value in ODD:
        yield dict.fromkeys(keys, value)


def is_covered(happening: Happening, interests: Iterable[Interest]) -> bool:
    """Say whether one of the interests covers an event, as the host finds out."""
    keys = set(lookups(happening.type, happening.object_type_id, happening.params, happening.changed_fields))
    return any(
        (each.event, each.number) in keys and each.object_type_id in (None, happening.object_type_id)
        for each in interests
    )
