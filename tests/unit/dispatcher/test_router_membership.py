"""Who is on which campaign's map, as rules and other campaigns are told by the real router on a real file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from hookline_builtin.campaign import CampaignSource
from hookline_builtin.triggers import GlobalRuleSource
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import DAY, MINUTE
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.routes.rehearsing import Rehearser
from hookline_dispatcher.routes.spending import Spending
from hookline_dispatcher.store.model import ConfigRow, IntakeStatus
from hookline_dispatcher.store.routing import Post, Stepped, Turn
from hookline_plugin.encoder import Value
from hookline_plugin.trigger import TriggerSource
from tests.unit.builtin.campaign_maps import Definition, campaign, end, entry, goal, send, wait
from tests.unit.builtin.rules import comparison, on_map, rule
from tests.unit.dispatcher.configs import ACCOUNT, account_row, target_row, trigger_row, webhook
from tests.unit.dispatcher.router_rig import RouterRig

ENTER, LEAVE, ASK = "1", "2", "9"
STAY = (entry("stay"), goal("stay", "out"), end())
"""A map that tag 1 leads onto and tag 2 off it."""


@dataclass
class Members(RouterRig):
    def find(self, name: str) -> TriggerSource | None:
        sources = {"campaign": CampaignSource(), "global_rule": GlobalRuleSource()}
        return cast("TriggerSource | None", sources.get(name))

    def map(self, id_: int, *elements: Definition, **settings: Value) -> ConfigRow:
        definition = campaign(*elements, **{"id": str(id_), "reentry_allowed": True, **settings})
        return trigger_row(id_, "campaign", definition, kind=ItemKind.CAMPAIGN, revision=self.revision + 1)

    def rule(self, id_: int, *conditions: dict[str, Any], tag: str = ASK, **more: Any) -> ConfigRow:
        trigger = {"event": "sub_tag", "params": {"tag_id": tag}}
        definition = rule(trigger, any_of=[conditions], actions=[{"webhook_id": "1"}], **more)
        return trigger_row(id_, "global_rule", definition, revision=self.revision + 1)

    async def tell(self, *tags: str, object_id: str = "8") -> None:
        """Publishes one event for each tag; nothing is worked off."""
        for tag in tags:
            self.published += 1
            event = Event(ACCOUNT, f"e{self.published}", "sub_tag", 0, object_id, b'{"n":1}', {"tag_id": tag})
            await self.ingest.publish([Publication(event, b"")])

    async def fires(self, *tags: str) -> list[str]:
        """What fires when events are told and worked off one by one."""
        before = len(await self.fired())
        for tag in tags:
            await self.tell(tag)
            await self.work()
        return [by for _, by in (await self.fired())[before:]]


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Members]:
    made = Members(tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.store.close()


async def test_a_rule_fires_only_while_the_contact_is_on_the_map(rig: Members) -> None:
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3)), rig.rule(2, on_map(3, absent=True)))
    assert await rig.fires(ASK) == ["global_rule/2"]
    assert await rig.fires(ENTER, ASK) == ["global_rule/1"]
    await rig.reopen()
    assert await rig.fires(ASK) == ["global_rule/1"]
    assert await rig.fires(LEAVE, ASK) == ["global_rule/2"]
    assert await rig.fires(ENTER, ASK) == ["global_rule/1"]
    assert rig.failed == []


async def test_an_event_that_leads_onto_the_map_or_off_it_counts_as_it_leaves_the_contact(rig: Members) -> None:
    on, off = rig.rule(1, on_map(3), tag=ENTER), rig.rule(2, on_map(3), tag=LEAVE)
    gone = rig.rule(3, on_map(3, absent=True), tag=LEAVE)
    await rig.configure(rig.map(3, *STAY), on, off, gone)
    assert await rig.fires(ENTER) == ["global_rule/1"]
    assert await rig.fires(LEAVE) == ["global_rule/3"]


async def test_one_batch_sees_its_own_changes_in_order(rig: Members) -> None:
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3)))
    await rig.tell(ASK, ENTER, ASK, ASK, LEAVE, ASK, ENTER, ASK, LEAVE)
    await rig.tell(ASK, object_id="9")
    await rig.work()
    assert await rig.fired() == [("8", "global_rule/1")] * 3


@pytest.mark.parametrize("seed", range(6))
async def test_however_events_come_each_is_decided_by_those_before_it(rig: Members, seed: int) -> None:
    random = Random(seed)
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3)), rig.rule(2, on_map(3, absent=True)))
    there: set[str] = set()
    expected = []
    for _ in range(40):
        object_id, tag = random.choice("89"), random.choice((ENTER, LEAVE, ASK, ASK))
        await rig.tell(tag, object_id=object_id)
        if tag == ASK:
            expected.append((object_id, f"global_rule/{1 if object_id in there else 2}"))
        (there.add if tag == ENTER else there.discard if tag == LEAVE else len)(object_id)
        match random.randrange(8):
            case 0:
                await rig.work()
            case 1:
                await rig.router.turn()
            case 2:
                await rig.reopen()
    await rig.work()
    for object_id in "89":
        assert [each for each in await rig.fired() if each[0] == object_id] == [
            each for each in expected if each[0] == object_id
        ]


@pytest.mark.parametrize("first, second", [(3, 4), (4, 3)])
async def test_campaigns_see_each_other_as_they_were_before_the_event(rig: Members, first: int, second: int) -> None:
    def asking(id_: int, other: int) -> ConfigRow:
        ask: Definition = {
            "id": "ask",
            "condition": {"any_of": [{"all_of": [on_map(other)]}], "yes": "yes", "no": "no"},
        }
        return rig.map(id_, entry("ask"), ask, send("yes", "rest", 1), wait("no", "out"), wait("rest", "out"), end())

    await rig.configure(asking(first, second), asking(second, first))
    assert await rig.fires(ENTER) == []
    rig.clock.time += DAY
    await rig.work()  # both have left
    late = entry("ask", 5)
    await rig.configure(asking(first, second), rig.map(second, late, wait("ask", "out"), end(), version="2"))
    assert await rig.fires("5", ENTER) == [f"campaign/{first}/yes"]


async def test_who_settles_at_an_entry_is_not_on_the_map_yet(rig: Members) -> None:
    settle: Value = {"quiet": "60s", "longest": "600s"}
    await rig.configure(rig.map(3, entry("stay", settle=settle), *STAY[1:]), rig.rule(1, on_map(3)))
    assert await rig.fires(ENTER, ASK) == []
    rig.clock.time += MINUTE
    await rig.work()
    assert await rig.fires(ASK) == ["global_rule/1"]


async def test_a_contact_stays_on_the_map_of_a_paused_campaign_and_leaves_that_of_a_deleted_one(rig: Members) -> None:
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3)))
    await rig.fires(ENTER)
    await rig.configure(rig.map(3, *STAY, state="CAMPAIGN_STATE_PAUSED"), rig.rule(1, on_map(3)))
    assert await rig.fires(LEAVE, ASK) == ["global_rule/1"]
    gone = ConfigRow(ACCOUNT, ItemKind.CAMPAIGN, 3, rig.revision + 1, True, b"")
    await rig.store.apply_config([account_row(), target_row(webhook()), gone], rig.revision + 1)
    rig.cache.clear()
    assert await rig.fires(ASK) == []


async def test_another_account_and_another_type_of_object_are_others(rig: Members) -> None:
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3)))
    await rig.tell(ENTER)
    await rig.tell(ASK, object_id="88")
    rig.published += 1
    event = Event(ACCOUNT, f"e{rig.published}", "sub_tag", 149, "8", b"{}", {"tag_id": ASK})
    await rig.ingest.publish([Publication(event, b"")])
    await rig.work()
    assert await rig.fired() == []


async def test_why_it_did_not_fire_stands_beside_the_event(rig: Members) -> None:
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3)))
    await rig.fires(ASK)
    found = await rig.store.event(ACCOUNT, "e1")
    assert found is not None
    assert "global_rule/1: conditions do not hold: on campaign 3 (any_of[0].all_of[0])" in found.note


async def test_what_an_event_would_lead_to_says_the_same(rig: Members) -> None:
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3), tag=ENTER), rig.rule(2, on_map(3), tag=LEAVE))
    rehearser = Rehearser(rig.store, rig.cache, rig.find, Spending())
    config = await rig.cache.account(ACCOUNT)
    assert config is not None
    for tag, rule_id, fires in ((ENTER, 1, True), (LEAVE, 2, False)):
        event = Event(ACCOUNT, "asked", "sub_tag", 0, "8", b"{}", {"tag_id": tag})
        would = [each async for each in rehearser.rehearse(event, config, rig.clock.time)]
        assert [each.trigger.label for each in would] == ["campaign/3", f"global_rule/{rule_id}"]
        step = would[1].stepped
        assert step is not None
        assert bool(step.causes) is fires
        assert bool(await rig.fires(tag)) is fires


async def test_a_turn_is_void_where_a_map_that_it_was_made_from_has_changed(rig: Members) -> None:
    await rig.configure(rig.map(3, *STAY), rig.rule(1, on_map(3)))
    await rig.fires(ENTER)
    map_post = Post(ACCOUNT, ItemKind.CAMPAIGN, 3, 0, "8")
    version = (await rig.store.memories([map_post]))[map_post].row_version
    for guard, expected in ((version + 1, IntakeStatus.CONFLICT), (0, IntakeStatus.CONFLICT), (version, None)):
        await rig.tell(ASK)
        work = await rig.store.work(rig.clock.time, 10)
        (route,) = work.routes
        rule_post = Post(ACCOUNT, ItemKind.GLOBAL_RULE, 1, 0, "8")
        step = Stepped(rule_post, "global_rule", 0, None, reads=((map_post, guard),))
        (result,) = await rig.store.take_turns([Turn(route, steps=(step,))])
        assert result.status is (expected or IntakeStatus.NEW)
        await rig.work()


@pytest.mark.parametrize("said, yes", [(b'{"firstname":19.90}', True), (b'{"firstname":19.9}', False)])
async def test_rules_and_maps_see_a_number_as_it_was_written(rig: Members, said: bytes, yes: bool) -> None:
    ends = comparison("firstname", "CONTAINS", ".90")
    ask: Definition = {"id": "ask", "condition": {"any_of": [{"all_of": [ends]}], "yes": "yes", "no": "out"}}
    await rig.configure(rig.map(3, entry("ask"), ask, send("yes", "out", 1), end()), rig.rule(1, ends, tag=ENTER))
    await rig.ingest.publish([Publication(Event(ACCOUNT, "e1", "sub_tag", 0, "8", said, {"tag_id": ENTER}), b"")])
    await rig.work()
    fired = {fired_by for _, fired_by in await rig.fired()}
    assert fired == ({"global_rule/1", "campaign/3/yes"} if yes else set())
