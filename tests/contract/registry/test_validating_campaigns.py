"""ValidateCampaign tells all that publishing would refuse, by path and element, and writes nothing."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from hookline.registry.v1 import campaign_pb2 as pb

from hookline_registry import campaign_rules
from tests.contract.registry.world import World, campaigning, hooking, mapping, refusal

Element, Webhook = pb.CampaignElement, pb.WebhookElement
Flaw = tuple[str, str]
BOUND = 30.0


async def flaws_of(world: World, campaign: pb.Campaign) -> dict[Flaw, str]:
    answer = await world.user.ValidateCampaign(pb.ValidateCampaignRequest(campaign=campaign))
    return {(each.field, each.element_id): each.reason for each in answer.flaws}


async def test_a_whole_map_has_no_flaws_and_is_not_saved(world: World) -> None:
    await world.user.CreateWebhook(hooking())
    assert await flaws_of(world, campaigning(1).campaign) == {}
    assert not (await world.user.ListCampaigns(pb.ListCampaignsRequest())).campaigns


async def test_all_flaws_are_told_at_once_with_their_elements(world: World) -> None:
    first, _, last = mapping(1)
    lost = Element(id="lost", webhook=Webhook(webhook_id=77), next="nowhere")
    strange = Element(id="in\n", webhook=Webhook(webhook_id=-1), next="out")
    first.next = "out"
    found = await flaws_of(world, pb.Campaign(elements=[first, lost, strange, last], time_zone="Mars/Base"))
    for expected in (
        ("campaign.time_zone", ""),
        ("campaign.elements[1].webhook.webhook_id", "lost"),
        ("campaign.elements[1].next", "lost"),
        ("campaign.elements[2].webhook.webhook_id", "in\n"),
        ("campaign.elements[2].id", "in\n"),
    ):
        assert expected in found, found
    assert len(found) == len({field for field, _ in found}), "each field once"


async def test_a_loop_without_a_wait_is_named(world: World) -> None:
    await world.user.CreateWebhook(hooking())
    first, _, last = mapping(1)
    first.next = "a"
    elements = [
        first,
        Element(id="a", webhook=Webhook(webhook_id=1), next="b"),
        Element(id="b", split=pb.SplitElement(branches=[pb.SplitBranch(weight=1, next="a")] * 2)),
        last,
    ]
    elements[2].split.branches[1].next = "out"
    found = await flaws_of(world, pb.Campaign(elements=elements))
    assert list(found) == [("campaign.elements[1]", "a")]
    (reason,) = found.values()
    assert reason == "loops without a wait for a span or a goal: a -> b -> a"


async def test_what_publishing_refuses_is_what_validating_tells(world: World) -> None:
    made = (await world.user.CreateCampaign(campaigning(5))).campaign
    told = {field for field, _ in await flaws_of(world, made)}
    refused = await refusal(world.user.PublishCampaign(pb.PublishCampaignRequest(id=made.id)))
    assert told == set(refused.fields) != set()


async def test_a_map_that_is_too_large_is_a_flaw(world: World) -> None:
    elements = [Element(id=f"e{number}", name="\N{SNOWMAN}" * 128, end=pb.EndElement()) for number in range(5000)]
    found = await flaws_of(world, pb.Campaign(elements=elements))
    assert set(found) == {("campaign.elements", "")}


async def test_elements_that_are_too_many_are_told_and_not_looked_at(world: World) -> None:
    most = campaign_rules.MOST_ELEMENTS
    fits = [Element(id=f"e{number}", end=pb.EndElement()) for number in range(most)]
    assert "no more than" not in (await flaws_of(world, pb.Campaign(elements=fits)))["campaign.elements", ""]
    found = await flaws_of(world, pb.Campaign(elements=[*fits, *[Element()] * 100_000]))
    assert "no more than" in found["campaign.elements", ""]
    assert {field for field, _ in found} == {"campaign.elements", f"campaign.elements[{most}].id"}
    refused = await refusal(world.user.CreateCampaign(campaigning(elements=[Element()] * 100_000)))
    assert len(refused.fields) == 1


@pytest.mark.parametrize("checks", ["looked_at", "settings_of"])
async def test_others_are_answered_while_a_map_is_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch, checks: str
) -> None:
    look: Callable[[pb.Campaign], Any] = getattr(campaign_rules, checks)
    began, others_answered = threading.Event(), threading.Event()

    def looked(campaign: pb.Campaign) -> Any:
        began.set()
        assert others_answered.wait(BOUND), "nobody else was answered"
        return look(campaign)

    monkeypatch.setattr(campaign_rules, checks, looked)
    large = pb.Campaign(elements=[Element(id=f"e{number}", end=pb.EndElement()) for number in range(2000)])
    validating = asyncio.ensure_future(
        flaws_of(world, large) if checks == "looked_at" else world.user.CreateCampaign(campaigning())
    )
    assert await asyncio.to_thread(began.wait, BOUND)
    await world.user.ListCampaigns(pb.ListCampaignsRequest())
    others_answered.set()
    assert await validating


@pytest.mark.parametrize("asked", [pb.ValidateCampaignRequest(), pb.ValidateCampaignRequest(account_id=-1)])
async def test_a_campaign_must_come_along(world: World, asked: pb.ValidateCampaignRequest) -> None:
    assert (await refusal(world.user.ValidateCampaign(asked))).code is grpc.StatusCode.INVALID_ARGUMENT
