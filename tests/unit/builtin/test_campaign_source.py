from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.campaign import CampaignSource
from hookline_plugin import Payload, Value
from hookline_plugin.stateful import StatefulSource
from hookline_plugin.trigger import Resolving
from tests.unit.builtin.campaign_maps import (
    WORLD,
    Definition,
    campaign,
    compiled,
    end,
    entry,
    fork,
    goal,
    send,
    split,
    tag,
    wait,
    wait_for_date,
    wait_for_field,
)

SOURCE = CampaignSource()
WHOLE = campaign(
    entry("w", settle={"quiet": "0.500s"}),
    wait("w", "u"),
    wait_for_field("u", "d", offset={"amount": -3, "unit": "SPAN_UNIT_WEEKS"}, time_of_day="09:30"),
    wait_for_date("d", "if", "2026-12-31", time_of_day="23:59"),
    fork("if", "s", "g"),
    split("s", (1, "t"), (2, "hook")),
    goal("g", "t"),
    tag("t", "hook", change="REMOVE"),
    send("hook", "out"),
    end(),
    time_zone="Europe/Berlin",
    reentry_allowed=True,
)


def flaws(definition: Payload) -> list[tuple[str, str]]:
    return [(flaw.path, flaw.reason) for flaw in SOURCE.check(definition, WORLD)]


def test_it_is_a_source_with_memory() -> None:
    assert isinstance(SOURCE, StatefulSource)
    assert isinstance(SOURCE, Resolving)


def test_nothing_is_wrong_with_a_map_of_all_elements() -> None:
    assert flaws(WHOLE) == []
    assert list(SOURCE.webhooks(WHOLE)) == [7]
    assert SOURCE.compile(WHOLE).version == 1


def changed(index: int, **parts: Value) -> Definition:
    elements = list(cast("list[Definition]", WHOLE["elements"]))
    elements[index] = {**elements[index], **parts}
    return {**WHOLE, "elements": cast("list[Value]", elements)}


LOADED: Definition = {"goal": {"triggers": [{"event": "call_is_logged"}] * 50}}
HEAVY: Value = {"any_of": [{"all_of": [{"tag": {"tag_id": "1"}}] * 5001}], "yes": "out", "no": "out"}


@pytest.mark.parametrize(
    ("definition", "path", "said"),
    [
        (campaign(), "elements", "at least one entry"),
        (campaign(goal("g", "out"), end()), "elements", "at least one entry"),
        ({**WHOLE, "elements": "x"}, "elements", "must be a list"),
        ({**WHOLE, "elements": ["x"]}, "elements[0]", "must be an object"),
        (campaign(*(send(f"e{number}", "out") for number in range(501))), "elements", "501 items"),
        (
            campaign(entry("out"), *({**goal(f"g{n}", "out"), **LOADED} for n in range(101)), end()),
            "elements",
            "more than 5000 triggers",
        ),
        (campaign(entry("if"), {**fork("if", "out", "out"), "condition": HEAVY}, end()), "elements", "more than 5000"),
        ({**WHOLE, "object_type_id": 77}, "object_type_id", "no type of object 77"),
        ({**WHOLE, "object_type_id": -1}, "object_type_id", "whole number"),
        ({**WHOLE, "time_zone": "Europe/Bonn"}, "time_zone", "'Europe/Bonn'"),
        ({**WHOLE, "time_zone": "../../etc/passwd"}, "time_zone", "no time zone"),
        ({**WHOLE, "time_zone": "Europe"}, "time_zone", "no time zone"),
        ({**WHOLE, "time_zone": 3}, "time_zone", "must be a text"),
        ({**WHOLE, "reentry_allowed": "yes"}, "reentry_allowed", "true or false"),
        (changed(1, id="W"), "elements[1].id", "small letters"),
        (changed(1, id="w" * 65), "elements[1].id", "1 to 64"),
        (changed(1, id=""), "elements[1].id", "1 to 64"),
        (changed(9, id="in"), "elements[9].id", "is the id of elements[0] as well"),
        (changed(1, wait=None), "elements[1]", "must have one of entry, wait"),
        (changed(1, end={}), "elements[1]", "must have only one of"),
        (changed(1, wait={}), "elements[1].wait", "must have one of span, date_field, date"),
        (changed(1, wait=3), "elements[1].wait", "must be an object"),
        (changed(1, next=""), "elements[1].next", "must name the element"),
        (changed(1, next="hok"), "elements[1].next", "no element 'hok'; did you mean 'hook'?"),
        (changed(1, next="in"), "elements[1].next", "leads to the entry 'in'"),
        (changed(1, next="hook"), "elements[2]", "no way leads to 'u'"),
        (changed(9, next="w"), "elements[9].next", "nothing follows an end"),
        (changed(4, next="w"), "elements[4].next", "goes on by yes and no"),
        (changed(5, next="w"), "elements[5].next", "goes on by its branches"),
        (changed(4, condition={"any_of": [], "yes": "s", "no": "g"}), "elements[4].condition.any_of", "at least one"),
        (changed(4, condition={"any_of": [{}], "yes": "s"}), "elements[4].condition.any_of[0].all_of", "1 to 20"),
        (fork("if", "s", "") and changed(4, **fork("if", "s", "")), "elements[4].condition.no", "must name"),
        (changed(5, split={}), "elements[5].split.branches", "at least 2"),
        (changed(5, **split("s", (0, "t"), (2, "hook"))), "elements[5].split.branches[0].weight", "from 1"),
        (changed(5, **split("s", (1, "t"), (-2, "hook"))), "elements[5].split.branches[1].weight", "from 1"),
        (changed(5, **split("s", (1, "t"), (2, "nix"))), "elements[5].split.branches[1].next", "no element 'nix'"),
        (changed(0, **entry("w", settle={"quiet": "3601s"})), "elements[0].entry.settle.quiet", "from 0s to 3600s"),
        (changed(0, **entry("w", settle={"quiet": "-1s"})), "elements[0].entry.settle.quiet", "from 0s"),
        (
            changed(0, **entry("w", settle={"quiet": "9s", "longest": "8s"})),
            "elements[0].entry.settle.longest",
            "shorter than quiet",
        ),
        (changed(0, entry={}), "elements[0].entry.triggers", "1 to 50"),
        (changed(0, entry={"triggers": [{"event": "nix"}]}), "elements[0].entry.triggers[0].event", "'nix'"),
        (
            changed(6, goal={"triggers": [{"event": "field_is_updated", "params": {"field": "emial"}}]}),
            "elements[6].goal.triggers[0].params.field",
            "did you mean email?",
        ),
        (changed(1, **wait("w", "u", 0)), "elements[1].wait.span.amount", "from 1 to 3650"),
        (changed(1, **wait("w", "u", 121, "MONTHS")), "elements[1].wait.span.amount", "from 1 to 120"),
        (changed(1, **wait("w", "u", 1, "YEARS")), "elements[1].wait.span.unit", "must be one of"),
        (changed(1, wait={"span": {"amount": 1.5}}), "elements[1].wait.span.amount", "whole number"),
        (changed(2, wait={"date_field": {}}), "elements[2].wait.date_field.field", "must name a field"),
        (changed(2, wait={"date_field": {"field": "nix"}}), "elements[2].wait.date_field.field", "no field 'nix'"),
        (changed(2, wait={"date_field": {"field": "email"}}), "elements[2].wait.date_field.field", "of the kind email"),
        (
            changed(2, **wait_for_field("u", "d", time_of_day="9:30")),
            "elements[2].wait.date_field.time_of_day",
            "09:00",
        ),
        (
            changed(2, **wait_for_field("u", "d", when_missing="NO")),
            "elements[2].wait.date_field.when_missing",
            "one of",
        ),
        (
            changed(2, **wait_for_field("u", "d", offset={"amount": -3651})),
            "elements[2].wait.date_field.offset.amount",
            "from -3650 to 3650",
        ),
        (changed(3, **wait_for_date("d", "if", "2026-02-30")), "elements[3].wait.date.date", "2026-12-31"),
        (changed(3, **wait_for_date("d", "if", "20261231")), "elements[3].wait.date.date", "2026-12-31"),
        (changed(3, **wait_for_date("d", "if", "2026-W01-1")), "elements[3].wait.date.date", "2026-12-31"),
        (changed(3, **wait_for_date("d", "if", "9999-12-31")), "elements[3].wait.date.date", "from 1970"),
        (changed(7, **tag("t", "hook", 0)), "elements[7].tag.tag_id", "from 1"),
        (changed(7, **tag("t", "hook", change="NIX")), "elements[7].tag.change", "must be one of"),
        (changed(8, **send("hook", "out", 70)), "elements[8].webhook.webhook_id", "no webhook 70"),
        (changed(8, **send("hook", "out", 9)), "elements[8].webhook.webhook_id", "of type 149"),
        (changed(8, **send("hook", "out", 0)), "elements[8].webhook.webhook_id", "whole number"),
    ],
)
def test_a_flaw_is_told_with_its_path(definition: Payload, path: str, said: str) -> None:
    found = dict(flaws(definition))
    assert path in found
    assert said in found[path]


def test_no_more_than_a_hundred_flaws_are_told() -> None:
    assert len(flaws(campaign(*(send(f"e{number}", "nix") for number in range(400))))) == 100


def test_a_path_has_one_flaw() -> None:
    assert flaws(changed(8, **send("hook", "out", 0))) == [
        ("elements[8].webhook.webhook_id", "must be a whole number from 1 to 9223372036854775807")
    ]


@pytest.mark.parametrize(
    ("elements", "loops"),
    [
        ([entry("a"), send("a", "a")], ["a -> a"]),
        ([entry("a"), send("a", "b"), send("b", "a")], ["a -> b -> a"]),
        (
            [entry("x"), send("x", "a"), send("a", "b"), tag("b", "c"), fork("c", "out", "a"), end()],
            ["a -> b -> c -> a"],
        ),
        ([entry("s"), split("s", (1, "a"), (1, "b")), send("a", "a"), send("b", "b")], ["a -> a", "b -> b"]),
        ([entry("a"), wait_for_date("a", "b", "2026-01-01"), send("b", "a")], ["a -> b -> a"]),
        ([entry("a"), wait_for_field("a", "a")], ["a -> a"]),
        ([entry("a"), goal("a", "b", pass_through=True), send("b", "a")], ["a -> b -> a"]),
        ([entry("a"), wait("a", "b"), send("b", "a")], []),
        ([entry("a"), goal("a", "b"), send("b", "a")], []),
        ([entry("a"), fork("a", "b", "b"), send("b", "out"), end()], []),
    ],
)
def test_a_loop_without_a_rest_is_named(elements: list[Definition], loops: list[str]) -> None:
    found = [reason for _, reason in flaws(campaign(*elements))]
    assert found == [f"loops without a wait for a span or a goal: {loop}" for loop in loops]
    if loops:
        with pytest.raises(ValueError, match=loops[0]):
            compiled(*elements)


def test_a_long_loop_is_cut() -> None:
    elements = [send(f"e{number}", f"e{(number + 1) % 400}") for number in range(400)]
    ((path, reason),) = flaws(campaign(entry("e0"), *elements))
    assert path == "elements[1]"
    assert reason.endswith("-> e17 -> ... -> e399 -> e0")


def test_a_goal_need_not_be_led_to() -> None:
    assert flaws(campaign(entry("out"), goal("g", "out"), end())) == []


@pytest.mark.parametrize(
    "change", [{"version": "0"}, {"version": "x"}, {"id": []}, {"elements": []}, {"time_zone": "X"}]
)
def test_a_map_with_flaws_of_its_own_is_not_compiled(change: Definition) -> None:
    with pytest.raises(ValueError, match=":"):
        SOURCE.compile({**WHOLE, **change})


def test_what_a_condition_needs_of_its_field_is_put_in() -> None:
    comparison: Value = {"field": "n", "comparison": "COMPARISON_GREATER", "value": "3"}
    definition = changed(4, condition={"any_of": [{"all_of": [{"comparison": comparison}]}], "yes": "s", "no": "g"})
    assert flaws(definition) == []
    assert "'kind': 'number'" in str(SOURCE.resolve(definition, WORLD))
    assert SOURCE.resolve(WHOLE, WORLD) == WHOLE


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 2**70) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_stands_in_a_definition_checking_raises_nothing(data: st.DataObject) -> None:
    definition: Value = WHOLE
    path: list[str | int] = []
    while isinstance(definition, (dict, list)) and definition and (not path or data.draw(st.integers(0, 3))):
        key = data.draw(st.sampled_from(sorted(definition) if isinstance(definition, dict) else range(len(definition))))
        path.append(key)
        definition = definition[key]
    spoilt = spoil(WHOLE, path, data.draw(JSON))
    assert isinstance(spoilt, dict)
    found = flaws(spoilt)
    list(SOURCE.webhooks(spoilt))
    SOURCE.resolve(spoilt, WORLD)
    try:
        SOURCE.compile(spoilt)
    except ValueError:
        assert found or path[0] in ("id", "version", "state"), "what an author wrote is told by check"


def spoil(value: Value, path: list[str | int], by: Value) -> Value:
    if not path:
        return by
    if isinstance(value, dict):
        return {key: spoil(part, path[1:], by) if key == path[0] else part for key, part in value.items()}
    assert isinstance(value, list)
    return [spoil(part, path[1:], by) if index == path[0] else part for index, part in enumerate(value)]


def test_a_paused_campaign_wants_no_events() -> None:
    on = SOURCE.compile({**WHOLE, "state": "CAMPAIGN_STATE_PAUSED"})
    assert on.paused
    assert not on.interests
