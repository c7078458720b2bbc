"""CampaignStatsService: a real campaign's counts, in the order of its map, to whom it belongs and to nobody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from hookline.dispatcher.v1 import campaign_stats_service_pb2 as pb
from hookline.registry.v1 import config_pb2

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.api.campaign_stats_service import elements_of
from hookline_plugin.trigger import TriggerSource
from tests.contract.dispatcher.fed import Fed, gone, running, trigger_item, webhook_item
from tests.contract.dispatcher.receiver import BOUND, until
from tests.contract.dispatcher.suite import Caller
from tests.contract.registry.world import refusal
from tests.unit.builtin.campaign_maps import campaign, end, entry, send, wait
from tests.unit.dispatcher.configs import ACCOUNT, api_key
from tests.unit.dispatcher.registry_stub import account_item, changes, key_item

CAMPAIGN = config_pb2.CONFIG_KIND_CAMPAIGN
MAP = campaign(entry("z-hook"), send("z-hook", "rest", 1), wait("rest", "m-late"), send("m-late", "out", 1), end())
Counted = tuple[str, int, int, int, int, int, int]


def campaign_item(definition: object, id_: int = 5, source: str = "campaign") -> config_pb2.ConfigItem:
    return trigger_item(id_, definition, source, CAMPAIGN)


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    # What compiles definitions with memory passes for a source; the host looks at what it gives.
    async with running(tmp_path, cast("TriggerSource", CampaignSource())) as fed:
        await fed.change(webhook_item(1, url=fed.receiver.url, data="n=1"), campaign_item(MAP))
        yield fed


def counted(stats: pb.ElementStats) -> Counted:
    return (
        stats.element_id,
        stats.reached,
        stats.waiting,
        stats.left,
        stats.on_its_way,
        stats.sent,
        stats.failed,
    )


async def shown(fed: Fed, campaign_id: int = 5) -> list[Counted]:
    """The counts of the elements, and after them the total."""
    response = await fed.user.GetCampaignStats(pb.GetCampaignStatsRequest(campaign_id=campaign_id))
    return [counted(each) for each in (*response.elements, response.total)]


async def until_shown(fed: Fed, expected: list[Counted]) -> None:
    found: list[Counted] = []
    try:
        async with asyncio.timeout(BOUND):
            while (found := await shown(fed)) != expected:
                await asyncio.sleep(0.01)
    except TimeoutError:
        assert found == expected


async def enter(fed: Fed, *object_ids: str) -> None:
    for object_id in object_ids:
        await fed.publish(object_id=object_id, params={"tag_id": "1"}, tags=["1"])


async def test_contacts_are_counted_in_the_order_of_the_map(fed: Fed) -> None:
    nobody: list[Counted] = [(each, 0, 0, 0, 0, 0, 0) for each in ("in", "z-hook", "rest", "m-late", "out", "")]
    assert await shown(fed) == nobody
    fed.receiver.gate.clear()
    await enter(fed, "8", "9")
    await until_shown(
        fed,
        [
            ("in", 2, 0, 2, 0, 0, 0),
            ("z-hook", 2, 0, 2, 2, 0, 0),
            ("rest", 2, 2, 0, 0, 0, 0),
            *nobody[3:5],
            ("", 2, 2, 0, 2, 0, 0),
        ],
    )
    fed.receiver.gate.set()
    await until_shown(
        fed,
        [
            ("in", 2, 0, 2, 0, 0, 0),
            ("z-hook", 2, 0, 2, 0, 2, 0),
            ("rest", 2, 2, 0, 0, 0, 0),
            *nobody[3:5],
            ("", 2, 2, 0, 0, 2, 0),
        ],
    )


async def test_elements_that_were_removed_come_last_by_id(fed: Fed) -> None:
    await enter(fed, "8")
    on_map: list[Counted] = [("in", 1, 0, 1, 0, 0, 0), ("z-hook", 1, 0, 1, 0, 1, 0), ("rest", 1, 1, 0, 0, 0, 0)]
    off_map: list[Counted] = [("m-late", 0, 0, 0, 0, 0, 0), ("out", 0, 0, 0, 0, 0, 0)]
    await until_shown(fed, [*on_map, *off_map, ("", 1, 1, 0, 0, 1, 0)])
    await fed.change(campaign_item(campaign(entry("a-new", 3), wait("a-new", "end"), end("end"), version="2")))
    await until_shown(
        fed,
        [
            ("in", 1, 0, 1, 0, 0, 0),
            ("a-new", 0, 0, 0, 0, 0, 0),
            ("end", 0, 0, 0, 0, 0, 0),
            ("rest", 1, 0, 1, 0, 0, 0),
            ("z-hook", 1, 0, 1, 0, 1, 0),
            ("", 1, 0, 1, 0, 1, 0),
        ],
    )


@pytest.mark.parametrize("source", ["campaign", "no_such_source"])
async def test_counts_are_shown_while_the_definition_cannot_be_used(fed: Fed, source: str) -> None:
    await fed.change(campaign_item({"elements": [{"id": "b"}, {"id": "a"}]}, source=source))
    assert [each[0] for each in await shown(fed)] == ["b", "a", ""]


async def test_what_the_account_has_not_is_not_found(fed: Fed) -> None:
    await fed.change(trigger_item(6, {}))
    for campaign_id in (6, 2**63 - 1):
        refused = await refusal(shown(fed, campaign_id))
        assert (refused.code, refused.text) == (grpc.StatusCode.NOT_FOUND, "no such campaign")
    await enter(fed, "8")
    await fed.change(gone(CAMPAIGN, 5))
    assert (await refusal(shown(fed))).code is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("campaign_id", [0, -1, -(2**63)])
async def test_a_campaign_must_be_named(fed: Fed, campaign_id: int) -> None:
    refused = await refusal(shown(fed, campaign_id))
    assert (refused.code, refused.fields) == (grpc.StatusCode.INVALID_ARGUMENT, ("campaign_id",))


async def test_another_account_and_nobody_see_nothing(fed: Fed) -> None:
    fed.revision = 100
    strange = (account_item(account_id=ACCOUNT + 1, revision=99), key_item(api_key("other", ACCOUNT + 1), 2, 100))
    fed.registry.say(changes(*strange, checkpoint=100))
    await until(lambda: fed.dispatcher.known_revision >= 100)
    other = Caller(fed.channel, ("api-appid", "other"), ("api-key", "secret-other"))
    asked: Mapping[int, Any] = {0: grpc.StatusCode.NOT_FOUND, ACCOUNT: grpc.StatusCode.PERMISSION_DENIED}
    for account_id, code in asked.items():
        request = pb.GetCampaignStatsRequest(account_id=account_id, campaign_id=5)
        assert (await refusal(other.GetCampaignStats(request))).code is code
        contacts = pb.ListElementContactsRequest(account_id=account_id, campaign_id=5, count=pb.CONTACT_COUNT_REACHED)
        assert (await refusal(other.ListElementContacts(contacts))).code is code
    refused = await refusal(Caller(fed.channel).GetCampaignStats(pb.GetCampaignStatsRequest(campaign_id=5)))
    assert (refused.code, refused.reason) == (grpc.StatusCode.UNAUTHENTICATED, "KEY_MISSING")


@pytest.mark.parametrize(
    "definition",
    ["", "[]", "no JSON", "[" * 100_000, '{"elements":"abc"}', '{"elements":{"id":"a"}}', '{"elements":[7,{}]}']
    + [json.dumps({"elements": [{"id": each}]}) for each in (7, "", "a\0", None, ["a"])]
    + ['{"n":1234567890123456789012345,"elements":[{"id":"\\ud800"}]}'],
)
def test_what_is_no_map_has_no_elements(definition: str) -> None:
    assert elements_of(definition) == []
