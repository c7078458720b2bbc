"""Rules that wait for dates: when they come, what moves or takes them away, and that each comes once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookline_builtin.campaign import CampaignSource
from hookline_builtin.triggers.dated import Dated
from hookline_plugin.settled import Settled
from hookline_plugin.stateful import Due, Memory, ObjectState, Occasion, Occurred, Outcome, Revised, Step

from .campaign_maps import WORLD as MAPS
from .campaign_maps import campaign, end, entry
from .rules import NOON, SOURCE, WORLD, comparison, event, on_map, rule, tag, trigger

SECOND, HOUR, DAY = 1_000_000, 3_600_000_000, 86_400_000_000
TODAY, TOMORROW, YESTERDAY = "2026-10-02", "2026-10-03", "2026-10-01"
ON_DATE = trigger("on_date_field", field="a_date")
ON_MOMENT = trigger("on_date_field", field="a_timestamp")


def relative(number: int, units: int, option: int, key: str = "a_date") -> dict[str, Any]:
    return trigger("relative_date_field", number=str(number), units=str(units), option=str(option), field=key)


def at(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def compiled(*triggers: dict[str, Any], **more: Any) -> Dated:
    definition = rule(*triggers, **more)
    assert list(SOURCE.check(definition, WORLD)) == []
    found = SOURCE.compile(SOURCE.resolve(definition, WORLD))
    assert isinstance(found, Dated)
    return found


@dataclass
class Host:
    """One object and a host in small."""

    rule: Any
    data: dict[str, Any] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    campaigns: frozenset[int] = frozenset()
    now: int = NOON
    memory: Memory | None = None
    timers: dict[str, int] = field(default_factory=dict)
    fired: list[int] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    events: int = 0

    def take(self, occasion: Occasion) -> Outcome:
        state = ObjectState(0, "1", self.data, self.tags, self.events, self.campaigns)
        step = Step(occasion, state, self.memory, self.now)
        outcome: Outcome = self.rule.step(step)
        assert outcome == self.rule.step(step), "a step that was cut off says the same"
        if outcome.held:
            assert isinstance(occasion, Due)
            self.timers[occasion.key] = occasion.due_time
            return outcome
        for key in outcome.cancel:
            self.timers.pop(key, None)
        self.timers.update((timer.key, timer.due_time) for timer in outcome.start)
        self.fired += [self.now] * len(outcome.fires)
        self.keys += [fire.key for fire in outcome.fires]
        assert all(" " not in fire.event for fire in outcome.fires)
        self.memory = outcome.memory
        return outcome

    def tell(self, type_: str = "call_is_logged", params: Any = None, **data: Any) -> Outcome:
        self.events += 1
        self.data = {**self.data, **data}
        happening = event(type_, params or {}, self.data, tags=self.tags, now=self.now)
        return self.take(Occurred(f"e{self.events}", happening))

    def wait(self, until: int, late: int = 0) -> None:
        """Let time pass; timers come so much later than they are due."""
        while self.timers:
            key, due = min(self.timers.items(), key=lambda timer: timer[1])
            if due + late > until:
                break
            self.now = max(self.now, due + late)
            del self.timers[key]
            self.take(Due(key, due))
        self.now = max(self.now, until)


@pytest.mark.parametrize(
    "made, value, comes",
    [
        (ON_DATE, TOMORROW, "2026-10-03T00:00:00"),
        (ON_DATE, "2026-10-03T17:00:00+02:00", "2026-10-03T00:00:00"),
        (ON_DATE, at("2026-10-03T23:59:59") // SECOND, "2026-10-03T00:00:00"),
        (ON_DATE, "9999-12-31", "9999-12-31T00:00:00"),
        (ON_MOMENT, "2026-10-02T12:00:01Z", "2026-10-02T12:00:01"),
        (ON_MOMENT, "2026-10-02T16:00:00+02:00", "2026-10-02T14:00:00"),
        (ON_MOMENT, str(at("2026-10-02T12:30:00") // SECOND), "2026-10-02T12:30:00"),
        (ON_MOMENT, TOMORROW, "2026-10-03T00:00:00"),
        (relative(3, 0, 2), "2026-10-20", "2026-10-17T00:00:00"),
        (relative(3, 0, 3), YESTERDAY, "2026-10-04T00:00:00"),
        (relative(2, 1, 2), "2026-10-20", "2026-10-06T00:00:00"),
        (relative(1, 2, 3), "2026-10-31", "2026-11-30T00:00:00"),
        (relative(1, 2, 2), "2026-12-31", "2026-11-30T00:00:00"),
        (relative(1, 2, 3, "a_timestamp"), "2026-10-31T08:30:00Z", "2026-11-30T08:30:00"),
        (relative(0, 0, 3), TOMORROW, "2026-10-03T00:00:00"),
    ],
)
def test_it_fires_when_its_date_comes_and_not_before(made: dict[str, Any], value: Any, comes: str) -> None:
    host = Host(compiled(made))
    host.tell(**{made["params"]["field"]: value})
    assert host.fired == []
    assert list(host.timers.values()) == [at(comes)]
    host.wait(at(comes) - 1)
    assert host.fired == []
    host.wait(at(comes) + DAY)
    assert host.fired == [at(comes)]
    assert not host.timers


@pytest.mark.parametrize(
    "value", [None, "", "soon", "0", 0, 0.0, False, True, [], {}, "2026-13-01", 10**20, float("nan")]
)
def test_what_is_no_date_comes_never(value: Any) -> None:
    host = Host(compiled(ON_DATE, ON_MOMENT, relative(9_999, 2, 3)))
    host.tell(a_date=value, a_timestamp=value)
    assert (host.memory, host.timers, host.fired) == (None, {}, [])


@pytest.mark.parametrize(
    "made, value, fires",
    [
        (ON_DATE, TODAY, True),
        (ON_DATE, YESTERDAY, False),
        (relative(1, 0, 3), YESTERDAY, True),
        (relative(1, 0, 2), TOMORROW, True),
        (relative(2, 0, 2), TOMORROW, False),
        (ON_MOMENT, "2026-10-02T12:00:00Z", False),
        (ON_MOMENT, "2026-10-02T11:59:59Z", False),
    ],
)
def test_a_day_that_is_told_of_on_that_day_comes_and_what_is_over_does_not(
    made: dict[str, Any], value: str, fires: bool
) -> None:
    host = Host(compiled(made))
    for _ in range(3):
        host.tell(**{made["params"]["field"]: value})
        host.now += HOUR
    host.wait(host.now + 9 * DAY)
    assert host.fired == ([NOON] if fires else [])


def test_a_date_is_moved_taken_away_and_comes_once() -> None:
    host = Host(compiled(ON_DATE))
    host.tell(a_date="2026-10-10")
    host.tell(a_date="2026-10-05")
    assert list(host.timers.values()) == [at("2026-10-05")]
    host.tell(a_date=None)
    assert not host.timers
    assert host.memory is None
    host.tell(a_date="2026-10-05")
    host.wait(at("2026-10-05T08:00:00"))
    assert host.fired == [at("2026-10-05")]
    host.tell(a_date="2026-10-06")
    host.tell(a_date="2026-10-05")
    host.wait(at("2026-10-09"))
    assert host.fired == [at("2026-10-05")], "back on the same day it does not come again"


def test_after_an_outage_it_comes_late_and_by_the_newest_data() -> None:
    host = Host(compiled(ON_DATE, any_of=[[comparison("a_text", "EQUAL", "yes")]]))
    host.tell(a_date="2026-10-10", a_text="no")
    host.data["a_text"] = "yes"
    host.wait(at("2026-10-20"), late=3 * DAY)
    assert host.fired == [at("2026-10-13")]
    moved = Host(compiled(ON_DATE))
    moved.tell(a_date="2026-10-10")
    moved.data["a_date"] = "2026-10-12"
    moved.wait(at("2026-10-11"))
    assert list(moved.timers.values()) == [at("2026-10-12")], "an event that is yet to be told has moved it"


def test_an_event_that_comes_before_a_late_timer_brings_the_date_about() -> None:
    host = Host(compiled(ON_DATE))
    host.tell(a_date=TOMORROW)
    host.now = at("2026-10-05")
    host.tell()
    assert host.fired == [host.now]
    assert not host.timers
    host.wait(host.now + DAY)
    assert len(host.fired) == 1


def test_conditions_are_held_against_the_newest_state() -> None:
    host = Host(compiled(ON_DATE, any_of=[[tag(4), on_map(3)]]), tags=("4",))
    assert list(host.rule.campaigns) == [3]
    host.tell(a_date=TOMORROW)
    host.wait(at(TOMORROW) - 1)
    host.campaigns = frozenset({3})
    host.wait(at(TOMORROW))
    assert len(host.fired) == 1
    other = Host(compiled(ON_DATE, any_of=[[tag(4), on_map(3)]]), tags=("4",))
    other.tell(a_date=TOMORROW)
    other.wait(at(TOMORROW))
    assert other.fired == []


def test_other_triggers_of_the_rule_fire_as_ever() -> None:
    host = Host(compiled(ON_DATE, trigger("sub_tag", tag_id="4"), relative(1, 0, 3)))
    host.tell("sub_tag", {"tag_id": "5"}, a_date=TODAY)
    assert host.fired == [NOON], "the day"
    host.tell("sub_tag", {"tag_id": "4"})
    assert host.fired == [NOON] * 2
    host.wait(at("2026-10-05"))
    assert host.fired == [NOON, NOON, at(TOMORROW)]
    assert len(set(host.keys)) == 3


def test_a_date_and_an_event_in_one_step_fire_each() -> None:
    host = Host(compiled(ON_DATE, trigger("sub_tag", tag_id="4")))
    host.tell("sub_tag", {"tag_id": "4"}, a_date=TODAY)
    assert host.fired == [NOON, NOON]
    assert len(set(host.keys)) == 2


def test_where_it_settles_dates_settle_with_the_events() -> None:
    host = Host(compiled(ON_DATE, trigger("sub_tag", tag_id="4"), settle={"quiet": "60s"}))
    host.tell(a_date=TOMORROW)
    host.wait(at(TOMORROW) - 30 * SECOND)
    host.tell("sub_tag", {"tag_id": "4"})
    host.wait(at(TOMORROW) + 20 * SECOND)
    host.tell("call_is_logged")
    assert host.fired == [], "another event prolongs nothing"
    host.wait(at(TOMORROW) + HOUR)
    assert host.fired == [at(TOMORROW) + 60 * SECOND]
    assert not host.timers


def test_what_comes_while_it_is_paused_is_not_made_up_for() -> None:
    definition = rule(ON_DATE, trigger("sub_tag", tag_id="4"))
    host = Host(SOURCE.compile(definition))
    paused = SOURCE.compile({**definition, "paused": True})
    assert isinstance(paused, Dated)
    assert paused.version == host.rule.version
    assert not paused.paused
    host.tell(a_date=TOMORROW)
    going, host.rule = host.rule, paused
    host.tell("sub_tag", {"tag_id": "4"})
    host.wait(at("2026-10-05"))
    host.tell(a_date="2026-10-07")
    host.rule = going
    assert host.fired == []
    host.wait(at("2026-10-09"))
    assert host.fired == [at("2026-10-07")], "what was told while it was paused is known"


def test_what_settles_while_it_is_paused_is_held() -> None:
    definition = rule(ON_DATE, trigger("sub_tag", tag_id="4"), settle={"quiet": "60s"})
    host = Host(SOURCE.compile(definition))
    host.tell("sub_tag", {"tag_id": "4"}, a_date=TOMORROW)
    going, host.rule = host.rule, SOURCE.compile({**definition, "paused": True})
    ((key, due),) = [timer for timer in host.timers.items() if timer[1] < at(TOMORROW)]
    host.now = due
    assert host.take(Due(key, due)).held
    host.rule = going
    host.wait(due)
    assert len(host.fired) == 1


def test_a_new_version_goes_on_with_what_it_has_in_common() -> None:
    host = Host(compiled(ON_DATE, relative(1, 0, 3)))
    host.tell(a_date=TOMORROW)
    old = host.rule.version
    host.rule = compiled(relative(2, 0, 3), ON_DATE)
    assert host.rule.version != old
    assert host.memory is not None
    assert host.memory.follows == old
    host.take(Revised())
    assert sorted(host.timers.values()) == [at(TOMORROW), at("2026-10-05")]
    host.wait(at("2026-10-09"))
    assert host.fired == [at(TOMORROW), at("2026-10-05")]


def test_a_rule_that_loses_or_gets_dates_goes_on_with_what_settles() -> None:
    settle: Any = {"settle": {"quiet": "60s"}}
    added = trigger("sub_tag", tag_id="4")
    plain = SOURCE.compile(rule(added, **settle))
    assert isinstance(plain, Settled)
    host = Host(compiled(ON_DATE, added, **settle))
    host.tell("sub_tag", {"tag_id": "4"}, a_date=TOMORROW)
    host.rule = plain
    host.take(Revised())
    host.wait(at("2026-10-04"))
    assert host.fired == [NOON + 60 * SECOND]
    assert host.memory is None
    host = Host(plain)
    host.tell("sub_tag", {"tag_id": "4"}, a_date=TOMORROW)
    host.rule = compiled(ON_DATE, added, **settle)
    host.tell()
    host.wait(at("2026-10-04"))
    assert host.fired == [NOON + 60 * SECOND, at(TOMORROW) + 60 * SECOND]


def test_a_rule_that_only_loses_its_dates_forgets_them() -> None:
    host = Host(compiled(ON_DATE))
    host.tell(a_date=TOMORROW)
    host.rule = Settled(SOURCE.compile(rule()), 0, 0)  # type: ignore[arg-type]  # it has no memory
    host.wait(at("2026-10-04"))
    assert (host.fired, host.memory, host.timers) == ([], None, {})


def test_it_wants_every_event_of_its_objects_and_no_other() -> None:
    made = compiled(ON_DATE)
    assert {each.object_type_id for each in made.interests} == {0}
    assert {"object_create", "field_is_updated", "sub_tag"} <= {each.event for each in made.interests}


@pytest.mark.parametrize(
    "made, path, reason",
    [
        (trigger("on_date_field"), "params.field", "is required"),
        (trigger("on_date_field", field="a_text"), "params.field", "is no date but of the kind text"),
        (trigger("on_date_field", field="a_dat"), "params.field", "did you mean a_date?"),
        (trigger("on_date_field", field="a_date", time="1"), "params.time", "is not a param of on_date_field"),
        (relative(10_001, 0, 2), "params.number", "must be 0 to 10000"),
        (relative(-1, 0, 2), "params.number", "must be 0 to 10000"),
        (relative(1, 3, 2), "params.units", "must be 0 to 2"),
        (relative(1, 0, 1), "params.option", "must be 2 to 3"),
        (trigger("relative_date_field", field="a_date", number="1", units="0"), "params.option", "is required"),
    ],
)
def test_what_a_date_trigger_may_say(made: dict[str, Any], path: str, reason: str) -> None:
    found = [(flaw.path, flaw.reason) for flaw in SOURCE.check(rule(made), WORLD)]
    assert [each for each, _ in found] == [f"triggers[0].{path}"]
    assert reason in found[0][1]


def test_maps_have_waits_for_dates_and_not_entries() -> None:
    timed: Any = {**entry("out"), "entry": {"triggers": [trigger("on_date_field", field="birthday")]}}
    (flaw,) = CampaignSource().check(campaign(timed, end()), MAPS)
    assert flaw.path == "elements[0].entry.triggers[0].event"
    assert "make a wait until that date" in flaw.reason


@pytest.mark.parametrize(
    "text, definition",
    [("on_date_field(a_date)", ON_DATE), ("relative_date_field(3,1,2,a_date)", relative(3, 1, 2))],
)
def test_the_grammar_reads_and_writes_them(text: str, definition: dict[str, Any]) -> None:
    read: Any = SOURCE.read_text({"events": text, "conditions": "", "actions": "Ping_APIURL(7)"})
    assert read["triggers"] == [definition]
    assert SOURCE.write_text(read)["events"] == text


DATES = st.sampled_from([None, *(str(date(2026, 9, 28) + timedelta(days=days)) for days in range(14))])
MOVES = st.lists(st.tuples(st.integers(0, 60), DATES, st.sampled_from([0, 0, 30])), min_size=1, max_size=25)


@given(moves=MOVES, offset=st.integers(-3, 3))
@settings(max_examples=200, deadline=None)
def test_each_date_comes_once_and_when_it_should(moves: Sequence[tuple[int, str | None, int]], offset: int) -> None:
    """Against a model without timers, in hours; timers may come late."""
    host = Host(compiled(relative(abs(offset), 0, 3 if offset > 0 else 2)))
    pending: int | None = None
    come: list[int] = []
    fired: list[int] = []
    for hours, value, late in moves:
        until = host.now + hours * HOUR
        if pending is not None and pending + late * HOUR <= until:
            fired.append(max(host.now, pending + late * HOUR))
            come.append(pending)
            pending = None
        host.wait(until, late * HOUR)
        target = None if value is None else at(value) + offset * DAY
        reached = target is not None and target <= host.now and target not in come
        if target is not None and reached and (target == pending or host.now < target + DAY):
            fired.append(host.now)
            come.append(target)
        pending = target if target is not None and target > host.now else None
        host.tell(a_date=value)
        assert host.fired == fired
        assert list(host.timers.values()) == ([] if pending is None else [pending])
    assert len(set(host.keys)) == len(host.keys) == len(set(come))


def rehearsed(rule: Dated, host: Host, **data: Any) -> str:
    happening = event("call_is_logged", {}, data, tags=host.tags, now=host.now)
    state = ObjectState(0, "1", data, host.tags, host.events + 1)
    step = Step(Occurred("asked", happening), state, host.memory, host.now, rehearsed=True)
    return rule.step(step).why


@pytest.mark.parametrize(
    "made, value, said",
    [
        (ON_DATE, TOMORROW, "on_date_field(a_date) comes on 2026-10-03 (UTC)"),
        (ON_MOMENT, "2026-10-02T14:30:05+02:00", "on_date_field(a_timestamp) comes at 2026-10-02T12:30:05Z"),
        (relative(1, 2, 3), "2026-12-31", "relative_date_field(1,2,3,a_date) comes on 2027-01-31 (UTC)"),
        (ON_DATE, TODAY, "on_date_field(a_date) comes now, on 2026-10-02 (UTC)"),
        (ON_DATE, YESTERDAY, "on_date_field(a_date) does not come: on 2026-10-01 (UTC) was over when it was told of"),
        (
            relative(3, 0, 2),
            TOMORROW,
            "relative_date_field(3,0,2,a_date) does not come: on 2026-09-30 (UTC) was over when it was told of",
        ),
        (ON_DATE, "soon", "on_date_field(a_date) does not come: a_date holds no date that could come"),
        (ON_DATE, "", "on_date_field(a_date) does not come: a_date is empty"),
        (ON_DATE, "0", "on_date_field(a_date) does not come: a_date is empty"),
    ],
)
def test_who_asks_is_told_when_a_date_comes_or_why_it_does_not(made: dict[str, Any], value: Any, said: str) -> None:
    assert rehearsed(compiled(made), Host(compiled(made)), **{made["params"]["field"]: value}) == said


def test_who_asks_is_told_of_each_date_also_of_what_was_noted_and_of_what_has_come() -> None:
    rule = compiled(ON_DATE, ON_MOMENT)
    host = Host(rule)
    host.tell(a_date=TODAY, a_timestamp="2026-10-03T08:00:00Z")
    assert host.fired == [NOON]
    assert rehearsed(rule, host, **host.data) == (
        "on_date_field(a_date) has come already, on 2026-10-02 (UTC); "
        "on_date_field(a_timestamp) comes at 2026-10-03T08:00:00Z"
    )


def test_who_asks_is_told_that_the_conditions_would_not_hold_on_the_day() -> None:
    rule = compiled(ON_DATE, any_of=[[tag(4)]])
    without, with_tag = Host(rule), Host(rule, tags=("4",))
    assert rehearsed(rule, without, a_date=TOMORROW) == (
        "on_date_field(a_date) comes on 2026-10-03 (UTC), when as things are it would not fire: "
        "conditions do not hold: tag 4 (any_of[0].all_of[0])"
    )
    assert rehearsed(rule, with_tag, a_date=TOMORROW) == "on_date_field(a_date) comes on 2026-10-03 (UTC)"


def test_who_asks_is_told_that_a_paused_rule_does_not_fire() -> None:
    rule = compiled(ON_DATE, paused=True)
    assert rehearsed(rule, Host(rule), a_date=TOMORROW) == (
        "the rule is paused: it notes dates, and does not fire when they come; "
        "on_date_field(a_date) comes on 2026-10-03 (UTC)"
    )


def test_what_is_kept_repeats_no_date() -> None:
    assert "2026" not in Host(compiled(ON_DATE)).tell(a_date=TOMORROW).why
