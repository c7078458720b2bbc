"""Real campaigns, stepped by the real router on a real file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import DAY
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import DefinitionKey
from hookline_plugin.encoder import Value
from hookline_plugin.trigger import TriggerSource
from tests.unit.builtin.campaign_maps import Definition, campaign, end, entry, fork, goal, send, tag, wait
from tests.unit.dispatcher.configs import ACCOUNT, target, target_row, trigger_row
from tests.unit.dispatcher.router_rig import RouterRig

FIRST = (entry("rest"), wait("rest", "mark"), tag("mark", "asked"), fork("asked", "yes", "no"))
FIRST_ENDS = (send("yes", "out", 1), send("no", "out", 1), end())
SECOND = (entry("there", tag_id=4), goal("there", "then", tag_id=6), send("then", "out", 1), end())


@dataclass
class Campaigns(RouterRig):
    def find(self, name: str) -> TriggerSource | None:
        return cast("TriggerSource", CampaignSource()) if name == "campaign" else None

    async def live(self, **settings: Value) -> None:
        rows = [
            self.map(5, campaign(*FIRST, *FIRST_ENDS, **settings)),
            self.map(6, campaign(*SECOND, **{"id": "6", **settings})),
        ]
        await self.configure(*rows, target_row(target(1, "sub_tag", "4")))

    def map(self, id_: int, definition: Definition) -> ConfigRow:
        return trigger_row(id_, "campaign", definition, kind=ItemKind.CAMPAIGN, revision=self.revision + 1)

    async def tag(self, object_id: str, *tags: str) -> None:
        self.published += 1
        params = {"tag_id": tags[-1]}
        event = Event(ACCOUNT, f"e{self.published}", "sub_tag", 0, object_id, b'{"n":1}', params, tags=tags)
        await self.ingest.publish([Publication(event, b"")])
        await self.work()

    async def at(self, id_: int) -> dict[str, tuple[int, int, int]]:
        found = await self.store.other_counts(DefinitionKey(ACCOUNT, ItemKind.CAMPAIGN, id_), (), "", 1000)
        return {each.element: (each.reached, each.present, each.left) for each in found}


@pytest.fixture
async def rig(tmp_path: Path) -> AsyncIterator[Campaigns]:
    made = Campaigns(tmp_path / "dispatcher.db")
    await made.open()
    yield made
    await made.store.close()


async def test_a_contact_waits_is_tagged_and_so_enters_the_next_campaign(rig: Campaigns) -> None:
    await rig.live()
    await rig.tag("8", "1")
    assert await rig.at(5) == {"in": (1, 0, 1), "rest": (1, 1, 0)}
    await rig.reopen()
    rig.clock.time += DAY
    await rig.work()
    assert await rig.fired() == [("8", "campaign/5/yes"), ("8", "")], (
        "the tag is seen by the fork, and by a subscription"
    )
    assert (await rig.at(5))["out"] == (1, 0, 1)
    assert await rig.at(6) == {"in": (1, 0, 1), "there": (1, 1, 0)}
    await rig.tag("8", "1", "4", "6")
    assert (await rig.fired())[-1] == ("8", "campaign/6/then")
    assert rig.failed == []


async def test_contacts_are_held_while_a_campaign_is_paused_and_go_on_when_it_was_published_over(
    rig: Campaigns,
) -> None:
    await rig.live()
    for object_id in ("8", "9"):
        await rig.tag(object_id, "1")
    await rig.live(state="CAMPAIGN_STATE_PAUSED")
    rig.clock.time += DAY
    await rig.work()
    assert (await rig.at(5))["rest"] == (2, 2, 0)
    shorter = campaign(entry("yes"), send("yes", "out", 1), end(), version="2")
    await rig.configure(rig.map(5, shorter))
    await rig.work()
    assert rig.failed == []
    assert (await rig.store.route_figures()).timers == 0
    assert sum(present for _, present, _ in (await rig.at(5)).values()) == 0
    assert (await rig.at(5))["rest"] == (2, 0, 2)
