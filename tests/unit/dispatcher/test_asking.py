from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_dispatcher.config.account import Switches
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.config.triggers import TriggerKey
from hookline_dispatcher.ingest.asking import ask
from hookline_dispatcher.ingest.failures import TriggerFailures
from hookline_dispatcher.ingest.routing import Routed, route
from hookline_dispatcher.store.model import ConfigRow, Firing
from hookline_plugin.catalogue import lookups
from hookline_plugin.encoder import Payload
from hookline_plugin.trigger import Decision, Fire, Happening, TriggerSource
from tests.unit.dispatcher.configs import ACCOUNT, BASIC, PRO, account, event, target, trigger_row, webhook
from tests.unit.dispatcher.toy_source import ToyCompiled, ToySource, toy

NOW = 1_700_000_000_000_000
SOURCES: dict[str, TriggerSource] = {name: ToySource(name) for name in ("global_rule", "form_rule", "score")}
Wanted = tuple[str, str | None, int | None]

EVENTS = st.sampled_from(["sub_tag", "unsub_tag", "object_create", "field_is_updated", "call_is_logged", "unheard_of"])
NUMBERS = st.none() | st.sampled_from(["4", "5", "149", "email"])
OBJECT_TYPES = st.none() | st.sampled_from([0, 149])
INTERESTS = st.lists(st.tuples(EVENTS, NUMBERS, OBJECT_TYPES), max_size=3)


def routed(rows: Iterable[ConfigRow], what: dict[str, object] | None = None, **more: object) -> Routed:
    config = account(webhook(1), target(2, "sub_tag"), triggers=rows, find_source=SOURCES.get, **more)  # type: ignore[arg-type]  # by name
    return route(event(**(what or {})), config, NOW)  # type: ignore[arg-type]  # by name, as the case has them


@settings(max_examples=200)
@given(
    st.lists(INTERESTS, max_size=12),
    EVENTS,
    st.sampled_from([0, 149, 150]),
    st.dictionaries(st.sampled_from(["tag_id", "email"]), st.sampled_from(["4", "5", "6"])),
    st.lists(st.sampled_from(["email", "4", "other"]), max_size=3).map(tuple),
)
def test_the_index_finds_what_a_scan_over_all_definitions_finds(
    wanted: list[list[Wanted]], type_: str, object_type_id: int, params: dict[str, str], changed: tuple[str, ...]
) -> None:
    kinds = [ItemKind.TRIGGER, ItemKind.GLOBAL_RULE, ItemKind.FORM]
    rows = [
        trigger_row(number // 3 + 1, "score", toy((1, ""), on=on), kind=kinds[number % 3])
        for number, on in enumerate(wanted)
    ]
    found = routed(
        rows, {"type_": type_, "object_type_id": object_type_id, "params": params, "changed_fields": changed}
    )
    pairs = set(lookups(type_, object_type_id, params, changed))
    scan = sorted(
        TriggerKey(row.kind, row.id)
        for row, on in zip(rows, wanted, strict=True)
        if any((name, number) in pairs and of_type in (None, object_type_id) for name, number, of_type in on)
    )
    fired = [firing.fired_by for firing in found.firings if firing.fired_by]
    assert fired == [f"score/{key.id}" for key in scan]
    config = account(triggers=rows, find_source=SOURCES.get)
    what = event(type_, object_type_id=object_type_id, params=params, changed_fields=changed)
    assert [trigger.key for trigger in config.interested(what)] == scan


def test_a_firing_has_the_lane_the_revision_and_what_fired_it() -> None:
    hook = webhook(1, revision=9)
    config = account(hook, triggers=[trigger_row(7, definition=toy((1, "success")))], find_source=SOURCES.get)
    assert route(event(), config, NOW).firings == (Firing(hook.key, hook.policy, 9, "global_rule/7/success"),)


@pytest.mark.parametrize(
    "plan, switches, source, fires",
    [
        (PRO, Switches(True, True), "global_rule", True),
        (PRO, Switches(False, True), "global_rule", False),
        (PRO, Switches(True, False), "global_rule", True),
        (PRO, Switches(True, False), "form_rule", False),
        (PRO, Switches(False, True), "form_rule", True),
        (BASIC, Switches(True, True), "global_rule", False),
        (BASIC, Switches(True, True), "form_rule", False),
        (BASIC, Switches(), "score", True),
        (0, Switches(True, True), "global_rule", False),
    ],
)
def test_plan_and_switches_hold_rules_back_and_nothing_else(
    plan: int, switches: Switches, source: str, fires: bool
) -> None:
    found = routed([trigger_row(1, source, toy((1, "")))], plan=plan, switches=switches)
    assert any(firing.fired_by for firing in found.firings) is fires
    assert bool(found.note) is not fires


class Given(ToyCompiled):
    """Answers what it was given."""

    answer: object = None

    def decide(self, happening: object) -> Decision:
        return self.answer  # type: ignore[return-value]  # that is what is broken


class GivenSource(ToySource):
    def __init__(self, answer: object) -> None:
        super().__init__("score")
        self.answer = answer

    def compile(self, definition: Payload) -> ToyCompiled:
        compiled = Given(dict(definition), [])
        compiled.answer = self.answer
        return compiled


@pytest.mark.parametrize(
    "answer",
    [
        None,
        7,
        [Fire(1)],
        Decision(None),  # type: ignore[arg-type]  # as an untyped plugin does
        Decision([None]),  # type: ignore[list-item]
        Decision([Fire([1])]),  # type: ignore[arg-type]
        Decision([Fire(1, "\ud800")]),
        Decision([Fire(1, "a\x00b")]),
        Decision([Fire(1, None)]),  # type: ignore[arg-type]
        Decision([Fire(1)] * 101),
        Decision([Fire(10**5000)]),
    ],
)
def test_an_answer_that_cannot_be_used_is_the_plugins_failure(answer: object) -> None:
    source = GivenSource(answer)
    rows = [trigger_row(1, "score", toy()), trigger_row(2, "global_rule", toy((1, "")))]
    sources: dict[str, TriggerSource] = {**SOURCES, "score": source}
    config = account(webhook(1), triggers=rows, find_source=sources.get)
    found = route(event(), config, NOW)
    assert [firing.fired_by for firing in found.firings] == ["global_rule/2"]
    assert [trigger.label for trigger in found.failed] == ["score/1"]
    assert "score/1: it failed with" in found.note


@pytest.mark.parametrize("words", ["\ud800", "a\x00\n" * 500, "é" * 1000, 7, None])
def test_what_a_plugin_says_can_be_stored(words: object) -> None:
    source = GivenSource(Decision((), words))  # type: ignore[arg-type]  # as an untyped plugin does
    config = account(triggers=[trigger_row(1, "score", toy())], find_source={"score": source}.get)
    note = route(event(), config, NOW).note
    assert note.encode()
    assert len(note.split("\n")) == 2
    assert len(note) < 300


def test_a_plugin_that_changes_params_changes_no_event() -> None:
    class Changing(ToySource):
        def compile(self, definition: Payload) -> ToyCompiled:
            return ChangingCompiled(dict(definition), self.asked)

    class ChangingCompiled(ToyCompiled):
        def decide(self, happening: Happening) -> Decision:
            happening.params["tag_id"] = "5"  # type: ignore[index]  # that is what is broken
            return Decision()

    what = event()
    config = account(triggers=[trigger_row(1, "score", toy())], find_source={"score": Changing("score")}.get)
    assert not route(what, config, NOW).firings
    assert what.params == {"tag_id": "4"}


def test_what_one_event_fires_is_bounded_and_the_rest_is_told_of() -> None:
    rows = [trigger_row(id_, "score", toy(*[(1, "")] * 100)) for id_ in range(1, 102)]
    found = routed(rows)
    assert len(found.firings) == 10_001, "a subscription is among them"
    assert found.note == "\none event fires at most 10000 webhooks: the last 100 are left out"


def test_a_kind_with_memory_is_kept_and_not_asked() -> None:
    class Stateful(ToySource):
        def compile(self, definition: Payload) -> ToyCompiled:
            return object()  # type: ignore[return-value]  # it has no decide

    config = account(triggers=[trigger_row(1, "campaign", toy())], find_source={"campaign": Stateful("campaign")}.get)
    (trigger,) = config.triggers.values()
    assert (trigger.fault, trigger.known) == ("triggers of the kind campaign are not asked about single events", True)
    assert route(event(), config, NOW).failed == ()


def test_data_are_parsed_for_nobody_who_is_held_back() -> None:
    config = account(triggers=[trigger_row(1, definition=toy())], plan=BASIC, find_source=SOURCES.get)
    (asked,) = ask(event(data=b"not JSON"), config, NOW)
    assert asked.why_not == "the plan BASIC has no global rules"


@pytest.mark.parametrize("source, broken, known", [("global_rule", "value", True), ("nobody", "", False)])
def test_what_cannot_be_compiled_has_a_fault_and_is_told_once(source: str, broken: str, known: bool) -> None:
    config = account(triggers=[trigger_row(1, source, toy(broken=broken))], find_source=SOURCES.get)
    (trigger,) = config.triggers.values()
    assert trigger.fault
    assert "secret" not in trigger.fault
    counted: list[str | None] = []
    failures = TriggerFailures(counted.append)
    for _ in range(3):
        failures.heard(ACCOUNT, trigger)
    assert counted == [source if known else None] * 3
