"""What an event tells of its object's tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.tags import changes_one, tags_after


def event(type_: str, tag: str | None = "4", tags: tuple[str, ...] = ()) -> Event:
    return Event(1, "e", type_, 0, "8", b"{}", {} if tag is None else {"tag_id": tag}, tags=tags)


@pytest.mark.parametrize(
    "told, known, after, one",
    [
        (event("sub_tag"), (), ("4",), True),
        (event("sub_tag"), ("5",), ("5", "4"), True),
        (event("sub_tag"), ("4", "5"), ("4", "5"), True),
        (event("sub_tag", tags=("4", "6")), ("5",), ("4", "6"), False),
        (event("sub_tag", tags=("6",)), ("5",), ("6", "4"), False),
        (event("unsub_tag"), (), (), True),
        (event("unsub_tag"), ("4", "5"), ("5",), True),
        (event("unsub_tag"), ("5",), ("5",), True),
        (event("unsub_tag", tags=("6",)), ("4", "5"), ("6",), False),
        (event("unsub_tag", tags=("4", "6")), ("5",), ("6",), False),
        (event("sub_tag", None), ("5",), (), False),
        (event("sub_tag", ""), ("5",), (), False),
        (event("call_is_logged", None), ("5",), (), False),
        (event("call_is_logged", tags=("7",)), ("5",), ("7",), False),
        (event("object_submits_form"), ("5",), (), False),
    ],
)
def test_what_an_event_tells_of_tags(told: Event, known: tuple[str, ...], after: tuple[str, ...], one: bool) -> None:
    assert tags_after(told, known) == after
    assert changes_one(told) is one


def test_no_more_tags_are_known_than_an_event_may_list() -> None:
    known = tuple(str(number) for number in range(1000, 2000))
    assert tags_after(event("sub_tag"), known) == (*known[1:], "4")


TAGS = st.lists(st.sampled_from("3456"), unique=True).map(tuple)


@given(adds=st.booleans(), listed=TAGS, known=TAGS)
def test_the_tag_of_the_event_is_there_or_is_not(adds: bool, listed: tuple[str, ...], known: tuple[str, ...]) -> None:
    after = tags_after(event("sub_tag" if adds else "unsub_tag", tags=listed), known)
    assert ("4" in after) is adds
    assert set(after) - {"4"} == set(listed or known) - {"4"}
    assert len(set(after)) == len(after)
