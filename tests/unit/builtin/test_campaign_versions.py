import pytest

from hookline_builtin.campaign import CompiledCampaign
from hookline_plugin.stateful import Revised, Timer
from tests.unit.builtin.campaign_maps import (
    DAY,
    NOW,
    Contact,
    Definition,
    compiled,
    end,
    entry,
    fork,
    goal,
    send,
    split,
    wait,
    wait_for_field,
)

HOUR = DAY // 24


def waiting(*elements: Definition) -> Contact:
    """Give a contact that waits at the first rest of a map."""
    contact = Contact(compiled(*elements))
    contact.tag(1)
    return contact


def over(*elements: Definition, version: int = 2) -> CompiledCampaign:
    return compiled(*elements, version=version)


def test_an_element_that_stays_keeps_its_contact_and_its_start() -> None:
    contact = waiting(entry("w"), wait("w", "out", 2), end())
    contact.wait(DAY)
    contact.publish(over(entry("w"), wait("w", "a", 3), send("a", "out"), end()))
    outcome = contact.revise()
    assert not outcome.movements
    assert list(contact.timers.values()) == [NOW + 3 * DAY]
    assert contact.memory is not None
    assert contact.memory.follows == 2
    contact.wait(2 * DAY)
    assert contact.sent == ["a"]


def test_an_unchanged_wait_keeps_its_timer() -> None:
    contact = waiting(entry("w"), wait("w", "out", 2), end())
    contact.publish(over(entry("w"), wait("w", "a", 2), send("a", "out"), end()))
    outcome = contact.revise()
    assert (outcome.start, outcome.cancel) == ((), ())


def test_a_shorter_wait_that_is_over_lets_go_at_once() -> None:
    contact = waiting(entry("w"), wait("w", "a", 5), send("a", "out"), end())
    contact.wait(2 * DAY)
    contact.publish(over(entry("w"), wait("w", "a", 1), send("a", "out"), end()))
    outcome = contact.revise()
    assert contact.sent == ["a"]
    assert len(outcome.cancel) == 1


def test_the_next_step_carries_over_as_well() -> None:
    contact = waiting(entry("w"), wait("w", "out", 2), end())
    contact.publish(over(entry("w"), wait("w", "out", 3), end()))
    (outcome,) = contact.wait(2 * DAY)
    assert [timer.due_time for timer in outcome.start] == [NOW + 3 * DAY]
    assert contact.at == "w"


def test_a_wait_may_come_to_wait_for_something_else() -> None:
    contact = waiting(entry("w"), wait("w", "out", 2), end())
    contact.data = {"birthday": NOW // 1_000_000 + 86400}
    contact.publish(over(entry("w"), wait_for_field("w", "out"), end()))
    contact.revise()
    assert list(contact.timers.values()) == [NOW + DAY]


@pytest.mark.parametrize(
    ("new", "at", "sent"),
    [
        ((entry("b"), wait("b", "out"), end()), "b", []),
        ((entry("c"), wait("c", "fin"), end("fin")), "c", []),
        # The end by way of b and the wait c are equally near: the way of yes counts.
        ((entry("c"), wait("c", "out"), end()), None, []),
        ((entry("s"), send("s", "c"), wait("c", "out"), end()), "c", ["s"]),
        ((entry("x"), wait("x", "out"), end()), None, []),
        ((entry("x"), wait("x", "fin"), end("fin")), None, []),
        ((entry("c"), wait("c", "b"), wait("b", "out"), end()), "b", []),
    ],
)
def test_who_waits_where_nothing_is_any_more_goes_to_the_nearest_ahead(
    new: tuple[Definition, ...], at: str | None, sent: list[str]
) -> None:
    contact = waiting(
        entry("w"), wait("w", "if"), fork("if", "b", "s"), wait("b", "out"), send("s", "c"), wait("c", "out"), end()
    )
    contact.publish(over(*new))
    outcome = contact.revise()
    assert contact.at == at
    assert contact.sent == sent
    assert contact.here["w"] is False
    assert bool(outcome.why) is (at is None and "out" not in contact.here)
    assert len(contact.timers) == (at is not None)


def test_an_old_version_that_is_lost_has_nothing_ahead() -> None:
    contact = waiting(entry("w"), wait("w", "out"), end())
    contact.versions.clear()
    contact.publish(over(entry("x"), wait("x", "out"), end()))
    contact.revise()
    assert contact.at is None
    assert not contact.timers


def test_an_old_version_that_is_lost_does_not_matter_to_an_element_that_stays() -> None:
    contact = waiting(entry("w"), wait("w", "out"), end())
    contact.versions.clear()
    contact.publish(over(entry("w"), wait("w", "out", 2), end()))
    contact.revise()
    assert contact.at == "w"


@pytest.mark.parametrize(
    ("new", "at", "sent"),
    [
        (send("w", "out"), None, ["w"]),
        (goal("w", "out"), "w", []),
        (goal("w", "out", pass_through=True), None, []),
        (split("w", (1, "out"), (1, "out")), None, []),
        (end("w"), None, []),
    ],
)
def test_an_element_of_another_kind_is_come_to_anew(new: Definition, at: str | None, sent: list[str]) -> None:
    contact = waiting(entry("w"), wait("w", "out"), end())
    contact.publish(over(entry("w"), new, entry("out", 3, "in2"), end()))
    contact.revise()
    assert contact.at == at
    assert contact.sent == sent
    assert not contact.timers


def test_a_goal_that_lets_pass_now_lets_go() -> None:
    contact = waiting(entry("g"), goal("g", "a"), send("a", "out"), end())
    contact.publish(over(entry("g"), goal("g", "a", pass_through=True), send("a", "out"), end()))
    contact.revise()
    assert contact.sent == ["a"]


def test_a_settling_entry_keeps_the_time_that_it_has() -> None:
    contact = waiting(entry("a", settle={"quiet": "10s"}), send("a", "out"), end())
    contact.publish(over(entry("a"), send("a", "out"), end()))
    outcome = contact.revise()
    assert (outcome.start, outcome.cancel, outcome.fires) == ((), (), ())
    contact.wait(DAY)
    assert contact.sent == ["a"]


def test_an_event_finds_the_goals_of_the_new_version() -> None:
    contact = waiting(entry("w"), wait("w", "out"), end())
    contact.publish(over(entry("w"), wait("w", "g"), goal("g", "a"), send("a", "out"), end()))
    contact.tag(2)
    assert contact.sent == ["a"]


def test_several_versions_are_skipped() -> None:
    contact = waiting(entry("w"), wait("w", "x"), wait("x", "out"), end())
    contact.publish(over(entry("y"), wait("y", "out"), end()))
    contact.publish(over(entry("x"), wait("x", "out", 3), end(), version=3))
    contact.revise()
    assert contact.at == "x"
    assert list(contact.timers.values()) == [NOW + 3 * DAY]


def test_who_has_left_stays_gone() -> None:
    contact = waiting(entry("out"), end())
    contact.publish(over(entry("w"), wait("w", "out"), end()))
    outcome = contact.revise()
    assert not outcome.movements
    assert contact.memory is not None
    assert contact.memory.follows == 0
    assert contact.on.step(contact.step(Revised())).start == ()
    contact.tag(1)
    assert contact.at is None


def test_a_paused_campaign_carries_over_when_it_is_resumed() -> None:
    contact = waiting(entry("w"), wait("w", "out"), end())
    new = entry("x"), wait("x", "a"), send("a", "out"), end()
    contact.publish(compiled(*new, version=2, state="CAMPAIGN_STATE_PAUSED"))
    contact.revise()
    assert contact.at == "w"
    contact.publish(over(*new))
    contact.revise()
    assert contact.here["out"] is False


def test_a_new_place_has_a_new_timer() -> None:
    contact = waiting(entry("w"), wait("w", "x"), wait("x", "out"), end())
    (old,) = contact.timers
    contact.publish(over(entry("x"), wait("x", "out"), end()))
    outcome = contact.revise()
    assert outcome.cancel == (old,)
    assert [type(timer) for timer in outcome.start] == [Timer]
    assert outcome.start[0].key != old
