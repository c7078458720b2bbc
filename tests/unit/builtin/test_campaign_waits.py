from dataclasses import replace

import pytest

from hookline_plugin import Value
from hookline_plugin.stateful import Due, ObjectState, Occurred, Step, Timer
from hookline_plugin.trigger import Happening
from tests.unit.builtin.campaign_maps import (
    DAY,
    ENTERED,
    LEFT,
    NOW,
    SECOND,
    Contact,
    compiled,
    end,
    entry,
    fork,
    send,
    tagged,
    wait,
    wait_for_date,
    wait_for_field,
)


def test_a_wait_holds_until_its_timer() -> None:
    contact = Contact(compiled(entry("w"), wait("w", "a"), send("a", "out"), end()))
    outcome = contact.tag(1)
    assert [timer.due_time for timer in outcome.start] == [NOW + DAY]
    assert contact.at == "w"
    contact.wait(DAY - 1)
    assert not contact.fired
    contact.wait(1)
    assert contact.sent == ["a"]
    assert not contact.timers


def test_a_timer_that_is_early_or_stale_moves_nobody() -> None:
    contact = Contact(compiled(entry("w"), wait("w", "x"), wait("x", "out"), end()))
    contact.tag(1)
    (key, due), *_ = contact.timers.items()
    early = contact.take(Due(key, due))
    assert early.start == (Timer(key, due),)
    assert contact.at == "w"
    contact.wait(DAY)
    assert contact.at == "x"
    stale = contact.take(Due(key, due))
    assert (stale.start, stale.cancel, stale.movements) == ((), (), ())
    assert contact.at == "x"
    assert len(contact.timers) == 1


def test_after_an_outage_the_next_wait_counts_from_now() -> None:
    contact = Contact(compiled(entry("w"), wait("w", "x"), wait("x", "out"), end()))
    contact.tag(1)
    contact.now += 10 * DAY
    (timer,) = contact.timers.items()
    contact.take(Due(*timer))
    assert contact.at == "x"
    assert list(contact.timers.values()) == [NOW + 11 * DAY]


def test_a_settling_entry_waits_for_quiet_but_not_forever() -> None:
    on = compiled(entry("a", settle={"quiet": "10s", "longest": "25s"}), send("a", "out"), end())
    contact = Contact(on)
    contact.tag(1)
    assert contact.at == "in"
    for _ in range(2):
        contact.wait(9 * SECOND)
        assert contact.tag(1).why == ""
    assert list(contact.timers.values()) == [NOW + 25 * SECOND]
    contact.wait(6 * SECOND)
    assert not contact.fired
    contact.wait(1 * SECOND)
    assert contact.sent == ["a"]
    assert contact.told == [ENTERED, LEFT]


def test_other_events_do_not_prolong_settling() -> None:
    contact = Contact(compiled(entry("a", settle={"quiet": "10s"}), send("a", "out"), end()))
    contact.tag(1)
    contact.wait(9 * SECOND)
    contact.tag(3)
    assert list(contact.timers.values()) == [NOW + 10 * SECOND]


def test_a_field_that_changes_moves_the_wait() -> None:
    contact = Contact(compiled(entry("w"), wait_for_field("w", "a"), send("a", "out"), end()))
    contact.data = {"birthday": NOW // SECOND + 86400}
    contact.tag(1)
    assert list(contact.timers.values()) == [NOW + DAY]
    contact.data = {"birthday": NOW // SECOND + 2 * 86400}
    changed = Happening("field_is_updated", {}, 0, "c1", contact.data, ("birthday",))
    contact.event(changed)
    assert list(contact.timers.values()) == [NOW + 2 * DAY]
    contact.data = {"birthday": NOW // SECOND - 5}
    outcome = contact.event(changed)
    assert contact.sent == ["a"]
    assert len(outcome.cancel) == 1
    assert not contact.timers


@pytest.mark.parametrize("value", ["", None, "soon", True, 0, "2026-02-30", [1], {"day": 1}, 10**300, float("inf")])
def test_a_wait_without_a_date(value: Value) -> None:
    skipping = Contact(
        compiled(entry("w"), wait_for_field("w", "a"), send("a", "out"), end()), data={"birthday": value}
    )
    skipping.tag(1)
    assert skipping.sent == ["a"]
    on = compiled(entry("w"), wait_for_field("w", "a", when_missing="WHEN_MISSING_LEAVE"), send("a", "out"), end())
    leaving = Contact(on, data={"birthday": value})
    outcome = leaving.tag(1)
    assert not leaving.fired
    assert leaving.at is None
    assert "no date" in outcome.why
    assert leaving.told == [ENTERED, LEFT]


def test_a_date_that_is_deleted_while_waiting_leaves() -> None:
    on = compiled(entry("w"), wait_for_field("w", "out", when_missing="WHEN_MISSING_LEAVE"), end())
    contact = Contact(on, data={"birthday": "2099-01-01"})
    contact.tag(1)
    contact.data = {}
    contact.revise()
    assert contact.at is None
    assert not contact.timers
    assert "out" not in contact.here


def test_a_date_that_is_past_lets_pass() -> None:
    contact = Contact(compiled(entry("w"), wait_for_date("w", "a", "2001-01-01"), send("a", "out"), end()))
    contact.tag(1)
    assert contact.sent == ["a"]


@pytest.mark.parametrize(
    ("birthday", "said"),
    [
        (None, "no wait at 'w': birthday is empty or holds no date"),
        ("soon", "no wait at 'w': birthday is empty or holds no date"),
        ("2001-01-01", "no wait at 'w': its date is over"),
        ("9998-01-01", ""),
    ],
)
def test_who_asks_is_told_why_there_is_no_wait_and_which_way_a_condition_leads(birthday: Value, said: str) -> None:
    on = compiled(entry("f"), fork("f", "out", "w"), wait_for_field("w", "out"), end())
    event = replace(tagged(1), data={"birthday": birthday})
    step = Step(Occurred("e", event), ObjectState(0, "c1", event.data), None, NOW)
    told = "no at 'f': conditions do not hold: tag 4 (any_of[0].all_of[0])"
    assert on.step(replace(step, rehearsed=True)).why == (f"{told}; {said}" if said else told)
    assert on.step(step).why == ""
    with_tag = replace(step, object=replace(step.object, tags=("4",)), rehearsed=True)
    assert on.step(with_tag).why == "yes at 'f'"
