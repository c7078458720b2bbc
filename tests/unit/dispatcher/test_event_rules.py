from __future__ import annotations

from collections.abc import Callable

import pytest
from hookline.event.v1 import event_pb2
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.api.event_rules import plainly_valid
from hookline_dispatcher.core.event import Event
from hookline_runtime.validation import check

AROUND = st.sampled_from([0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025])
CHARACTERS = st.sampled_from(["x", "é", "🎉", " ", "~", "!", "\x7f", "\xa0", "\u2028"])
STRINGS = st.builds(lambda character, number: character * number, CHARACTERS, AROUND)
NUMBERS = st.sampled_from([-1, 0, 1, 2**31 - 1])
LISTS = st.lists(STRINGS, max_size=3).map(tuple) | st.sampled_from([("x",) * 1000, ("x",) * 1001])
PARAMS = st.dictionaries(STRINGS, STRINGS, max_size=3) | AROUND.map(lambda n: {str(i): "x" for i in range(n)})
PLAIN = Event(7, "e1", "sub_tag", 0, "8", b"{}", {"tag_id": "4"})
EVENTS = st.builds(
    Event,
    account_id=NUMBERS,
    id=STRINGS,
    type=STRINGS,
    object_type_id=NUMBERS,
    object_id=STRINGS,
    data=st.sampled_from([0, 1, 262_144, 262_145]).map(bytes),
    params=PARAMS,
    object_version=NUMBERS,
    changed_fields=LISTS,
    tags=LISTS,
    ordering_key=STRINGS,
)
ONE_OFF = st.sampled_from(Event._fields).flatmap(
    lambda name: EVENTS.map(lambda event: (name, getattr(event, name)))  # all plain but for one field
)


def message(event: Event) -> event_pb2.Event:
    return event_pb2.Event(
        id=event.id,
        account_id=event.account_id,
        type=event.type,
        params=event.params,
        object_type_id=event.object_type_id,
        object_id=event.object_id,
        object_version=event.object_version,
        data=event.data,
        changed_fields=event.changed_fields,
        tags=event.tags,
        ordering_key=event.ordering_key,
    )


def changed(name: str, value: object) -> Event:
    fields = {each: getattr(PLAIN, each) for each in Event._fields}
    return Event(**(fields | {name: value}))


@settings(max_examples=400, deadline=None)
@given(ONE_OFF)
def test_agrees_with_the_rules_of_the_proto(field: tuple[str, object]) -> None:
    event = changed(*field)
    assert plainly_valid(event) is (check(message(event)) == ())


@settings(max_examples=50, deadline=None)
@given(EVENTS)
def test_never_passes_what_the_proto_refuses(event: Event) -> None:
    assert not plainly_valid(event) or check(message(event)) == ()


TEXTS: dict[str, Callable[[str], object]] = {
    "id": lambda text: text,
    "type": lambda text: text,
    "object_id": lambda text: text,
    "ordering_key": lambda text: text,
    "params": lambda text: {"tag_id": "4", text: "x"},
    "params.values": lambda text: {"tag_id": "4", "outcome": text},
    "tags": lambda text: ("1", text),
    "changed_fields": lambda text: ("email", text),
}


@pytest.mark.parametrize("field", TEXTS)
@settings(max_examples=100, deadline=None)
@given(text=st.text(st.characters(codec="utf-8", max_codepoint=0xFF), max_size=4) | st.text(max_size=6))
def test_agrees_with_the_rules_on_any_characters(field: str, text: str) -> None:
    event = changed(field.partition(".")[0], TEXTS[field](text))
    assert plainly_valid(event) is (check(message(event)) == ())


@pytest.mark.parametrize("character", [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))], ids=ascii)
@pytest.mark.parametrize("field", TEXTS)
def test_refuses_control_characters(field: str, character: str) -> None:
    event = changed(field.partition(".")[0], TEXTS[field](f"a{character}b"))
    assert not plainly_valid(event)
    (violation,) = check(message(event))
    assert violation.field.startswith(field.partition(".")[0])


@pytest.mark.parametrize(
    "text", ["Zoë & Co", "日本", "👩\u200d💻", "a\u2028b", "a\xa0b", "\ufffe", "\U0010ffff", "\ue000"], ids=ascii
)
@pytest.mark.parametrize("field", [field for field in TEXTS if field != "id"])
def test_takes_every_other_character(field: str, text: str) -> None:
    event = changed(field.partition(".")[0], TEXTS[field](text))
    assert plainly_valid(event)
    assert check(message(event)) == ()


@pytest.mark.parametrize("field", [field.name for field in event_pb2.Event.DESCRIPTOR.fields])
def test_knows_every_field_of_the_proto(field: str) -> None:
    """A field that is added to the proto has to be looked at here."""
    assert field in Event._fields
