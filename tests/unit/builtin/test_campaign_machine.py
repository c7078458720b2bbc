"""Random maps, events, waits, outages, crashes, pauses and new versions: the engine against a plain model."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hookline_builtin.campaign import CampaignSource
from hookline_plugin import Value
from hookline_plugin.stateful import Due, Movement, Occasion, Occurred, Outcome, Passage, Revised
from tests.unit.builtin.campaign_maps import (
    NOW,
    SECOND,
    WORLD,
    Contact,
    Definition,
    campaign,
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
from tests.unit.builtin.campaign_model import HOUR, JsonObject, Model, exits

SOURCE = CampaignSource()
IDS = ("a", "b", "c", "d", "e", "f", "g", "h")
TAGS = st.integers(1, 4)
GOAL_TAGS = st.sampled_from((3, 4))
EVENTS = st.lists(st.tuples(st.integers(0, 2), TAGS, st.integers(0, 12)), min_size=3, max_size=12)


@st.composite
def maps(draw: st.DrawFn) -> Definition:
    """Draw a map without flaws: only rests lead back, and what no way leads to is left out."""
    names = draw(st.lists(st.sampled_from(IDS), min_size=4, max_size=8, unique=True))
    later = [*names[1:], "out"]
    elements = [
        element(draw, name, st.sampled_from(later[index:]), st.sampled_from([*names, "out"]))
        for index, name in enumerate(names)
    ]
    settle: Value = {"quiet": "1800s", "longest": "3600s"}
    entries = [
        entry(
            draw(st.sampled_from(names)),
            tag_id,
            name,
            **({"settle": settle} if draw(st.sampled_from((False, False, True))) else {}),
        )
        for tag_id, name in ((1, "in"), (2, "in2"))
    ]
    return campaign(
        *reachable([*entries, *elements, end()]), reentry_allowed=draw(st.sampled_from((True, True, False)))
    )


def element(draw: st.DrawFn, name: str, on: st.SearchStrategy[str], anywhere: st.SearchStrategy[str]) -> Definition:
    match draw(st.sampled_from(("wait", "send", "tag", "wait", "goal", "split", "date", "fork", "pass", "wait"))):
        case "wait":
            return wait(name, draw(anywhere), draw(st.integers(1, 5)), draw(st.sampled_from(("HOURS", "DAYS"))))
        case "date":
            missing = draw(st.sampled_from(("WHEN_MISSING_SKIP", "WHEN_MISSING_LEAVE")))
            return wait_for_field(name, draw(on), when_missing=missing)
        case "fork":
            return fork(name, draw(on), draw(on), draw(TAGS))
        case "split":
            return split(name, *((draw(st.integers(1, 3)), draw(on)) for _ in range(draw(st.integers(2, 3)))))
        case "goal":
            return goal(name, draw(anywhere), draw(GOAL_TAGS))
        case "pass":
            return goal(name, draw(on), draw(GOAL_TAGS), pass_through=True)
        case "tag":
            return tag(name, draw(on), draw(TAGS), draw(st.sampled_from(("ADD", "REMOVE"))))
        case _:
            return send(name, draw(on))


def reachable(elements: list[Definition]) -> list[Definition]:
    by_id: dict[str, Any] = {str(each["id"]): each for each in elements}
    found = [name for name, each in by_id.items() if "entry" in each or "goal" in each]
    for name in found:
        found.extend(exit_id for exit_id in exits(by_id[name]) if exit_id not in found)
    return [each for each in elements if each["id"] in found]


def untouched(outcome: Outcome) -> bool:
    parts = (outcome.movements, outcome.fires, outcome.emits, outcome.start, outcome.cancel)
    return not any(parts)


@dataclass
class Pair:
    """A contact as the engine has it and as the model has it."""

    contact: Contact
    model: Model
    movements: list[Movement] = field(default_factory=list)


class Campaigns(RuleBasedStateMachine):
    """Drives three contacts over one campaign."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: list[Pair] = []
        self.definition: JsonObject = {}
        self.version = 1
        self.paused = False
        self.behind: list[Pair] = []
        """Whom the host has not told of the present version yet."""

    @initialize(definition=maps())
    def start(self, definition: Definition) -> None:
        assert not list(SOURCE.check(definition, WORLD))
        self.definition = definition
        for name in ("c1", "c2", "c3"):
            contact = Contact(SOURCE.compile(definition), object_id=name)
            self.pairs.append(Pair(contact, Model(name, self.definition, now=NOW)))
            self.a_tag_is_added(self.pairs[-1], 1)

    def take(self, pair: Pair, occasion: Occasion) -> None:
        """Take a step, after some that were cut off before their commit; then let the model do it."""
        contact, model = pair.contact, pair.model
        contact.on.step(contact.step(occasion))
        held = contact.memory
        outcome = contact.take(occasion)
        pair.movements.extend(outcome.movements)
        if self.paused:
            assert outcome.memory == held
            assert untouched(outcome)
            return
        if pair in self.behind:
            self.behind.remove(pair)
        model.taken = [each.element for each in pair.movements if each.passage is Passage.REACHED]
        if model.definition is not self.definition:
            model.publish(self.definition)
        if isinstance(occasion, Occurred):
            model.tag(int(occasion.event.params["tag_id"]))
        else:
            model.look()

    @rule(events=EVENTS)
    def some_tags_are_added(self, events: list[tuple[int, int, int]]) -> None:
        self.tags_are_added(events)

    def tags_are_added(self, events: list[tuple[int, int, int]]) -> None:
        for which, tag_id, half_hours in events:
            self.a_tag_is_added(self.pairs[which], tag_id)
            self.until(self.pairs[0].contact.now + half_hours * HOUR // 2, on_time=True)

    @rule(events=EVENTS, half_hours=st.integers(1, 150))
    def tags_are_added_after_a_while(self, events: list[tuple[int, int, int]], half_hours: int) -> None:
        self.until(self.pairs[0].contact.now + half_hours * HOUR // 2, on_time=True)
        self.tags_are_added(events)

    def a_tag_is_added(self, pair: Pair, tag_id: int) -> None:
        pair.contact.events += 1
        if str(tag_id) not in pair.contact.tags:
            pair.contact.tags.append(str(tag_id))
        pair.model.tags.add(tag_id)
        self.take(pair, Occurred(f"event-{pair.contact.events}", tagged(tag_id, pair.contact.object_id)))

    @rule(which=st.integers(0, 2), tag_id=TAGS)
    def a_tag_goes_unnoticed(self, which: int, tag_id: int) -> None:
        pair = self.pairs[which]
        pair.contact.tags = [each for each in pair.contact.tags if each != str(tag_id)]
        pair.model.tags.discard(tag_id)

    @rule(which=st.integers(0, 2), hours=st.none() | st.integers(-24, 96), told=st.booleans())
    def the_date_changes(self, which: int, hours: int | None, told: bool) -> None:
        pair = self.pairs[which]
        pair.model.birthday = None if hours is None else (pair.contact.now + hours * HOUR) // SECOND
        pair.contact.data = {"birthday": pair.model.birthday}
        if told:
            self.take(pair, Revised())

    @rule(half_hours=st.integers(1, 150))
    def time_passes(self, half_hours: int) -> None:
        self.until(self.pairs[0].contact.now + half_hours * HOUR // 2, on_time=True)

    @rule(half_hours=st.integers(1, 300))
    def there_is_an_outage(self, half_hours: int) -> None:
        self.until(self.pairs[0].contact.now + half_hours * HOUR // 2, on_time=False)

    def until(self, then: int, *, on_time: bool) -> None:
        if not on_time:
            self.clock(then)
        while not self.paused:
            timers = [(due, index, key) for index, p in enumerate(self.pairs) for key, due in p.contact.timers.items()]
            due, index, key = min(timers, default=(then + 1, 0, ""))
            if due > then:
                break
            self.clock(max(self.pairs[0].contact.now, due))
            self.take(self.pairs[index], Due(key, due))
            # A second one that was on its way comes too late to do anything.
            again = self.pairs[index].contact
            if key not in again.timers:
                late = again.on.step(again.step(Due(key, due)))
                assert untouched(late)
        self.clock(then)

    def clock(self, now: int) -> None:
        for pair in self.pairs:
            pair.contact.now = pair.model.now = now

    @rule(definition=maps(), told=st.booleans())
    def it_is_published_over(self, definition: Definition, told: bool) -> None:
        self.version += 1
        self.definition = {**definition, "version": str(self.version)}
        self.behind = list(self.pairs)
        self.load()
        if told and not self.paused:
            for pair in self.pairs:
                self.take(pair, Revised())

    @rule()
    def it_is_paused_or_resumed(self) -> None:
        self.paused = not self.paused
        self.load()
        self.until(self.pairs[0].contact.now, on_time=False)

    def load(self) -> None:
        state = "CAMPAIGN_STATE_PAUSED" if self.paused else "CAMPAIGN_STATE_LIVE"
        for pair in self.pairs:
            pair.contact.publish(SOURCE.compile({**self.definition, "state": state}))

    @precondition(lambda self: self.behind and not self.paused)
    @rule()
    def the_host_tells_of_the_version(self) -> None:
        for pair in list(self.behind):
            self.take(pair, Revised())

    @invariant()
    def engine_and_model_agree(self) -> None:
        for pair in self.pairs:
            contact, model = pair.contact, pair.model
            assert contact.at == model.at
            assert list(contact.sent) == model.sent
            assert [emit.type for emit in contact.emitted.values()] == model.told
            assert set(contact.tags) == {str(each) for each in model.tags}
            for passage, expected in ((Passage.REACHED, model.reached), (Passage.LEFT, model.left)):
                assert [each.element for each in pair.movements if each.passage is passage] == expected

    @invariant()
    def a_timer_belongs_to_a_place(self) -> None:
        for pair in self.pairs:
            contact = pair.contact
            assert len(contact.timers) <= 1
            if contact.at is None:
                assert not contact.timers
            if contact.timers and pair not in self.behind:
                assert pair.model.due is not None

    @invariant()
    def on_the_map_is_from_added_to_left(self) -> None:
        for pair in self.pairs:
            contact, told = pair.contact, Counter(emit.type for emit in pair.contact.emitted.values())
            on_map = contact.memory is not None and contact.on.is_on(contact.memory)
            assert on_map is (pair.model.at is not None and not pair.model.arriving)
            assert told["Contact_added_to_campaign"] == told["Contact_leaves_campaign"] + on_map

    @invariant()
    def reached_is_waiting_and_left(self) -> None:
        for pair in self.pairs:
            count = Counter((each.element, each.passage) for each in pair.movements)
            for name, here in pair.contact.here.items():
                assert count[name, Passage.REACHED] == count[name, Passage.LEFT] + here


Campaigns.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestCampaigns = Campaigns.TestCase
