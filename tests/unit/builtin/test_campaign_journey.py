from collections import Counter
from dataclasses import replace

import pytest

from hookline_plugin import Value
from hookline_plugin.stateful import Due, Memory, Movement, Occurred, Passage, StatefulCompiled
from hookline_plugin.trigger import Happening, Interest
from tests.unit.builtin.campaign_maps import (
    DAY,
    ENTERED,
    LEFT,
    Contact,
    compiled,
    end,
    entry,
    fork,
    goal,
    send,
    split,
    tag,
    tagged,
    wait,
    wait_for_field,
)


def test_several_elements_are_passed_in_one_step() -> None:
    contact = Contact(compiled(entry("a"), send("a", "b"), send("b", "out", 8), end()))
    outcome = contact.tag(1)
    assert [(fire.webhook_id, fire.element) for fire in outcome.fires] == [(7, "a"), (8, "b")]
    assert contact.here == {"in": False, "a": False, "b": False, "out": False}
    assert contact.told == [ENTERED, LEFT]
    assert not outcome.start
    assert not outcome.cancel


def test_a_compiled_campaign_is_a_stateful_one() -> None:
    on = compiled(entry("w"), wait_for_field("w", "g"), goal("g", "out"), end())
    assert isinstance(on, StatefulCompiled)
    assert list(on.interests) == [Interest("sub_tag", 0, "1")]
    assert list(on.watches) == [Interest("field_is_updated", 0, "birthday"), Interest("sub_tag", 0, "2")]


def test_only_the_triggers_of_an_entry_let_in() -> None:
    contact = Contact(compiled(entry("w"), wait("w", "out"), end()))
    for event in (
        tagged(2),
        tagged(1, object_type_id=149),
        replace(tagged(1), type="unsub_tag"),
        Happening("made_up", {}, 0, "c1", {}),
    ):
        outcome = contact.event(event)
        assert outcome.memory is None
        assert outcome.why
        assert not outcome.movements


def test_the_first_entry_that_matches_counts() -> None:
    contact = Contact(compiled(entry("a"), entry("b", element_id="in2"), send("a", "out"), send("b", "out"), end()))
    contact.tag(1)
    assert contact.sent == ["a"]


@pytest.mark.parametrize(("allowed", "sent"), [(True, 2), (False, 1)])
def test_re_entry(allowed: bool, sent: int) -> None:
    contact = Contact(compiled(entry("a"), send("a", "out"), end(), reentry_allowed=allowed))
    contact.tag(1)
    outcome = contact.tag(1)
    assert len(contact.fired) == sent
    assert bool(outcome.why) is not allowed


def test_a_contact_is_on_the_map_once() -> None:
    contact = Contact(compiled(entry("w"), wait("w", "out"), end(), reentry_allowed=True))
    contact.tag(1)
    outcome = contact.tag(1)
    assert not outcome.movements
    assert not outcome.start


def test_a_memory_that_has_left_follows_no_version() -> None:
    contact = Contact(compiled(entry("w"), wait("w", "out"), end()))
    contact.tag(1)
    assert contact.memory is not None
    assert contact.memory.follows == 1
    contact.wait(DAY)
    assert contact.memory.follows == 0


@pytest.mark.parametrize(("tags", "sent"), [([], ["no"]), (["4"], ["yes"])])
def test_a_condition_reads_the_newest_tags(tags: list[str], sent: list[str]) -> None:
    contact = Contact(
        compiled(entry("w"), wait("w", "if"), fork("if", "yes", "no"), send("yes", "out"), send("no", "out"), end())
    )
    contact.tag(1)
    contact.tags = tags
    contact.wait(DAY)
    assert contact.sent == sent


def test_a_condition_reads_the_newest_data() -> None:
    comparison: Value = {"field": "n", "comparison": "COMPARISON_GREATER", "value": "3", "kind": "number"}
    element = fork("if", "yes", "no")
    element["condition"] = {"any_of": [{"all_of": [{"comparison": comparison}]}], "yes": "yes", "no": "no"}
    on = compiled(entry("w"), wait("w", "if"), element, send("yes", "out"), send("no", "out"), end())
    contact = Contact(on, data={"n": 3})
    contact.tag(1)
    contact.data = {"n": 4}
    contact.wait(DAY)
    assert contact.sent == ["yes"]


def test_a_tag_change_counts_at_once_and_emits_only_a_change() -> None:
    on = compiled(
        entry("t"), tag("t", "if"), fork("if", "t2", "out"), tag("t2", "r"), tag("r", "if2", change="REMOVE"),
        fork("if2", "out", "r2"), tag("r2", "out", change="REMOVE"), end(),
    )  # fmt: skip
    contact = Contact(on)
    outcome = contact.tag(1)
    changes = [(emit.type, emit.add_tags, emit.remove_tags, emit.element) for emit in outcome.emits[1:-1]]
    assert changes == [("sub_tag", ("4",), (), "t"), ("unsub_tag", (), ("4",), "r")]
    assert dict(outcome.emits[1].params) == {"tag_id": "4"}
    assert contact.here["r2"] is False


def test_a_split_is_stable_and_follows_the_weights() -> None:
    on = compiled(
        entry("s", element_id="in"), split("s", (1, "a"), (3, "b")), send("a", "out"), send("b", "out"), end(),
        reentry_allowed=True,
    )  # fmt: skip
    taken: Counter[str] = Counter()
    for number in range(400):
        contact = Contact(on, object_id=str(number))
        contact.tag(1)
        contact.now += DAY
        contact.tag(1)
        first, second = contact.sent
        assert first == second
        taken[first] += 1
    assert 60 < taken["a"] < 140


def test_splits_of_one_map_share_out_independently() -> None:
    on = compiled(
        entry("s"), split("s", (1, "a"), (1, "b")), tag("a", "t", 8), tag("b", "t", 9),
        split("t", (1, "c"), (1, "d")), send("c", "out"), send("d", "out"), end(),
    )  # fmt: skip
    ways = set()
    for number in range(60):
        contact = Contact(on, object_id=str(number))
        contact.tag(1)
        ways.add((contact.tags[0], contact.sent[0]))
    assert len(ways) == 4


def test_a_goal_brings_ahead_from_a_wait_and_drops_its_timer() -> None:
    on = compiled(entry("w"), wait("w", "a"), send("a", "g"), goal("g", "b"), send("b", "out"), end())
    contact = Contact(on)
    contact.tag(1)
    contact.tag(2)
    assert contact.sent == ["b"]
    assert not contact.timers
    assert "a" not in contact.here


def test_a_goal_holds_who_comes_by_the_way() -> None:
    contact = Contact(compiled(entry("g"), goal("g", "b"), send("b", "out"), end()))
    contact.tag(1)
    assert contact.at == "g"
    assert not contact.timers
    contact.wait(400 * DAY)
    assert contact.at == "g"
    outcome = contact.tag(2)
    assert contact.sent == ["b"]
    assert outcome.movements[0] == Movement("g", Passage.LEFT)
    assert Movement("g", Passage.REACHED) not in outcome.movements


def test_a_goal_may_let_pass() -> None:
    contact = Contact(compiled(entry("g"), goal("g", "b", pass_through=True), send("b", "out"), end()))
    contact.tag(1)
    assert contact.sent == ["b"]


def test_no_goal_brings_back() -> None:
    on = compiled(entry("g"), goal("g", "w"), wait("w", "out"), end())
    contact = Contact(on)
    contact.tag(1)
    contact.tag(2)
    assert contact.at == "w"
    outcome = contact.tag(2)
    assert not outcome.movements
    assert outcome.why


def test_the_nearest_goal_ahead_counts() -> None:
    on = compiled(
        entry("w"),
        wait("w", "x"),
        wait("x", "near"),
        goal("far0", "out"),
        goal("near", "far"),
        goal("far", "out"),
        end(),
    )
    contact = Contact(on)
    contact.tag(1)
    contact.tag(2)
    assert contact.at == "far"
    contact.tag(2)
    assert not contact.here["far"]


def test_a_goal_that_nothing_leads_to_brings_there_from_anywhere() -> None:
    lone = Contact(compiled(entry("w"), wait("w", "out"), goal("g", "a"), send("a", "out"), end()))
    lone.tag(1)
    lone.tag(2)
    assert lone.sent == ["a"]


def test_one_event_does_not_let_in_and_bring_ahead() -> None:
    contact = Contact(compiled(entry("w"), wait("w", "g"), goal("g", "out", tag_id=1), end(), reentry_allowed=True))
    contact.tag(1)
    assert contact.at == "w"
    contact.tag(1)
    assert contact.at is None


def test_a_map_may_loop_over_a_wait() -> None:
    on = compiled(entry("a"), send("a", "w"), wait("w", "if"), fork("if", "out", "a"), end())
    contact = Contact(on)
    contact.tag(1)
    contact.wait(3 * DAY)
    assert contact.sent == ["a"] * 4
    contact.tags = ["4"]
    contact.wait(DAY)
    assert contact.at is None
    assert not contact.timers


def test_nothing_moves_while_paused() -> None:
    elements = entry("w"), wait("w", "g"), goal("g", "out"), end()
    contact = Contact(compiled(*elements))
    contact.tag(1)
    paused = compiled(*elements, state="CAMPAIGN_STATE_PAUSED")
    assert not paused.interests
    assert not paused.watches
    contact.publish(paused)
    kept = contact.memory
    contact.wait(2 * DAY)
    (timer,) = contact.timers.items()
    held = contact.take(Due(*timer))
    assert held.held
    assert contact.timers == dict([timer])
    contact.tag(2)
    assert contact.memory == kept
    fresh = Contact(paused, object_id="c2")
    fresh.tag(1)
    assert fresh.memory is None
    contact.publish(compiled(*elements))
    contact.wait(0)
    assert contact.at == "g"


def test_a_draft_lets_nobody_in() -> None:
    on = compiled(entry("out"), end(), state="CAMPAIGN_STATE_DRAFT")
    assert on.paused
    assert Contact(on).tag(1).memory is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff", b"[]", b"{}", b'{"entries":1}', b'{"entries":"1","journey":"a","moves":1}',
        b'{"entries":1,"journey":"a","moves":1,"place":3}', b'{"entries":1,"journey":"a","moves":1,"place":{}}',
        b'{"entries":true,"journey":"a","moves":1}',
    ],
)  # fmt: skip
def test_a_memory_of_another_kind_is_refused(body: bytes) -> None:
    contact = Contact(compiled(entry("out"), end()))
    contact.memory = Memory(body, 1)
    with pytest.raises(ValueError):
        contact.on.step(contact.step(Occurred("e", tagged(1))))


def test_a_key_names_the_journey_the_visit_and_nothing_twice() -> None:
    elements = entry("a"), send("a", "w"), wait("w", "a", 1, "HOURS")
    first, second = Contact(compiled(*elements)), Contact(compiled(*elements))
    second.events = 1
    for contact in (first, second):
        contact.tag(1)
        contact.wait(DAY)
    assert len(first.fired) == 25
    assert not set(first.fired) & set(second.fired)
