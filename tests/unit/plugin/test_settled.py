import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from hookline_plugin import Payload
from hookline_plugin.settled import MOST_KINDS, NOT_SETTLING, Settled
from hookline_plugin.stateful import Due, Memory, ObjectState, Occurred, Outcome, Revised, StatefulCompiled, Step, Timer
from hookline_plugin.trigger import Decision, Fire, Happening, Interest

SECOND = 1_000_000
EVENT = Happening("object_create", {}, 0, "c1", {}, occurred_time=5)


@dataclass
class WhereFilled:
    """Fires where a field is filled, once for the whole and once for each field that changed."""

    interests: Sequence[Interest] = (Interest("object_create"),)

    def decide(self, happening: Happening) -> Decision:
        if not happening.data.get("email"):
            return Decision(why_not="it is empty")
        return Decision((Fire(7), *(Fire(8, field) for field in happening.changed_fields)))


SETTLED = Settled(WhereFilled(), 10 * SECOND, 25 * SECOND)


def take(
    occasion: Occurred | Due | Revised,
    memory: Memory | None,
    now: int,
    data: Payload | None = None,
    settled: Settled = SETTLED,
) -> Outcome:
    step = Step(occasion, ObjectState(0, "c1", {"email": "a@b"} if data is None else data), memory, now * SECOND)
    assert settled.step(step) == settled.step(step)
    return settled.step(step)


def occurred(key: str, event: Happening = EVENT) -> Occurred:
    return Occurred(key, event)


def test_it_is_a_definition_with_memory() -> None:
    assert isinstance(SETTLED, StatefulCompiled)
    assert list(SETTLED.interests) == [Interest("object_create")]
    assert not SETTLED.paused
    assert SETTLED.quiet == 10 * SECOND


def test_it_fires_once_when_it_is_quiet_with_the_newest_data() -> None:
    first = take(occurred("e1"), None, 0, {"email": ""})
    assert not first.fires
    (timer,) = first.start
    assert timer.due_time == 10 * SECOND
    second = take(occurred("e2"), first.memory, 6, {"email": "a"})
    assert second.start == (Timer(timer.key, 16 * SECOND),)
    done = take(Due(timer.key, 16 * SECOND), second.memory, 16)
    assert [(fire.webhook_id, fire.event) for fire in done.fires] == [(7, "e2")]
    assert done.memory is None
    assert not done.cancel


def test_it_waits_no_longer_than_the_longest() -> None:
    memory, due = None, []
    for now in range(0, 25, 5):
        outcome = take(occurred(f"e{now}"), memory, now)
        memory = outcome.memory
        due += [timer.due_time // SECOND for timer in outcome.start]
    assert due == [10, 15, 20, 25, 25]
    late = take(occurred("e25"), memory, 30)
    assert len(late.fires) == 1
    assert late.cancel


def test_what_changed_is_gathered_and_each_is_fired_once() -> None:
    changes = [("email", "name"), ("email",), ("phone",)]
    memory = None
    for number, fields in enumerate(changes):
        memory = take(occurred(f"e{number}", replace(EVENT, changed_fields=fields)), memory, number).memory
    other = take(occurred("e9", replace(EVENT, type="sub_tag", params={"tag_id": "4"})), memory, 5)
    done = take(Due(other.start[0].key, 0), other.memory, 15)
    assert [(fire.element, fire.event) for fire in done.fires] == [
        ("", "e9"),
        ("email", "e2"),
        ("name", "e2"),
        ("phone", "e2"),
    ], "each with the newest event that fires it"
    assert len({fire.key for fire in done.fires}) == 4


def test_why_nothing_fires_is_told() -> None:
    first = take(occurred("e1"), None, 0)
    assert first.why
    done = take(Due(first.start[0].key, 0), first.memory, 10, {})
    assert not done.fires
    assert done.why == "it is empty"


def test_the_newest_event_that_settles_is_told() -> None:
    first = take(occurred("e1"), None, 0)
    assert first.memory is not None
    assert SETTLED.newest_event(first.memory) == "e1"
    other = take(occurred("e2", replace(EVENT, type="sub_tag")), first.memory, 1)
    again = take(occurred("e3"), other.memory, 1)
    assert other.memory is not None
    assert again.memory is not None
    assert [SETTLED.newest_event(each) for each in (other.memory, again.memory)] == ["e2", "e3"]
    assert SETTLED.newest_event(Memory(json.dumps(NOT_SETTLING).encode())) == ""


def test_an_early_timer_waits_on_and_a_stale_one_does_nothing() -> None:
    first = take(occurred("e1"), None, 0)
    assert take(Due(first.start[0].key, 0), first.memory, 9).start == first.start
    for occasion in (Due("other", 0), Revised()):
        outcome = take(occasion, first.memory, 10)
        assert outcome.memory == first.memory
        assert not outcome.start
    assert take(Due("other", 0), None, 10).memory is None


def test_quiet_of_nothing_fires_at_once() -> None:
    outcome = take(occurred("e1"), None, 0, settled=Settled(WhereFilled(), 0, 0))
    assert len(outcome.fires) == 1
    assert not outcome.start
    assert not outcome.cancel


def test_two_rounds_have_keys_of_their_own() -> None:
    keys = []
    for event in ("e1", "e2"):
        first = take(occurred(event), None, 0)
        keys += [fire.key for fire in take(Due(first.start[0].key, 0), first.memory, 10).fires]
    assert len(set(keys)) == 2


def test_what_grows_too_much_fires_at_once() -> None:
    memory, fired = None, 0
    for number in range(100):
        params = {"url": f"{number}".ljust(1024, "x")}
        outcome = take(occurred(f"e{number}", replace(EVENT, params=params)), memory, 0)
        memory, fired = outcome.memory, fired + len(outcome.fires)
        assert memory is None or len(memory.body) <= 65536
    assert fired == 1


def test_many_kinds_of_events_fire_at_once() -> None:
    memory, asked = None, []
    for number in range(2 * MOST_KINDS + 2):
        outcome = take(occurred(f"e{number}", replace(EVENT, params={"n": str(number)})), memory, 0)
        memory = outcome.memory
        asked += [number for _ in outcome.fires]
    assert asked == [MOST_KINDS, 2 * MOST_KINDS + 1]


def test_it_rests_while_the_definition_is_paused() -> None:
    first = take(occurred("e1"), None, 0)
    paused = Settled(WhereFilled(interests=()), 10 * SECOND, 25 * SECOND)
    outcome = take(Due(first.start[0].key, 0), first.memory, 10, settled=paused)
    assert outcome.held
    assert outcome.memory == first.memory
    assert not take(occurred("e2"), first.memory, 10, settled=paused).start


def test_what_settles_fires_at_once_by_a_quiet_time_of_nothing() -> None:
    first = take(occurred("e1"), None, 0)
    (timer,) = first.start
    at_once = Settled(WhereFilled(), 0, 0)
    early = take(Due(timer.key, timer.due_time), first.memory, 1, settled=at_once)
    assert [fire.event for fire in early.fires] == ["e1"]
    assert early.memory is None
    more = take(occurred("e2"), first.memory, 1, settled=at_once)
    assert [fire.event for fire in more.fires] == ["e2"]
    assert more.cancel == (timer.key,)
    assert {fire.key for fire in early.fires} == {fire.key for fire in more.fires}, "whichever comes first, it is once"


@pytest.mark.parametrize("paused", [True, False])
def test_a_definition_may_say_itself_whether_it_is_paused(paused: bool) -> None:
    class Saying(WhereFilled):
        @property
        def paused(self) -> bool:
            return paused

    assert Settled(Saying(()), 1, 1).paused is paused
    assert Settled(Saying(), 1, 1).paused is paused


@pytest.mark.parametrize(
    "body", [b"", b"{}", b"[]", b"3", b"null", b"\xff", b'["a",1,2,3]', b'["a",1,2,[3]]', b'["a",[],2,[]]']
)
def test_a_memory_of_another_kind_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        take(Revised(), Memory(body), 0)
