"""Campaigns that rules and other maps ask about: they exist, are about the same objects, and stay."""

import asyncio

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2
from hookline.registry.v1 import campaign_pb2 as maps
from hookline.registry.v1 import global_rule_pb2 as pb

from tests.contract.registry.test_bad_definitions import DEAL
from tests.contract.registry.test_campaigns import publish, updating
from tests.contract.registry.test_global_rules import with_webhooks
from tests.contract.registry.world import World, campaigning, mapping, outcome, refusal, ruling

Code = grpc.StatusCode
PATH = "any_of[0].all_of[0].campaign.campaign_id"


def on_map(campaign_id: int, absent: bool = False) -> pb.ConditionGroup:
    return pb.ConditionGroup(
        all_of=[pb.Condition(campaign=pb.CampaignCondition(campaign_id=campaign_id, absent=absent))]
    )


def asking(campaign_id: int, webhook_id: int = 1) -> list[maps.CampaignElement]:
    """A map that asks who is on another."""
    first, *others = mapping(webhook_id)
    ask = maps.ConditionElement(any_of=[on_map(campaign_id)], yes=first.next, no=first.next)
    entry = maps.CampaignElement()
    entry.CopyFrom(first)
    entry.next = "ask"
    return [entry, maps.CampaignElement(id="ask", condition=ask), *others]


async def delete(world: World, campaign_id: int) -> None:
    await world.user.DeleteCampaign(maps.DeleteCampaignRequest(id=campaign_id))


@pytest.fixture
async def mapped(world: World) -> World:
    """A world with webhooks 1 and 2 and campaigns 1 and 2, about contacts, and campaign 3 about deals."""
    await with_webhooks(world.user)
    for _ in range(2):
        await world.user.CreateCampaign(campaigning(1))
    await world.user.CreateCampaign(campaigning(1, object_type_id=DEAL))
    return world


@pytest.mark.parametrize(
    "campaign_id, says",
    [(4, "there is no campaign 4"), (3, "campaign 3 is about objects of type 149, not 0"), (2**63 - 1, "no campaign")],
)
async def test_a_rule_asks_about_a_campaign_of_its_objects(mapped: World, campaign_id: int, says: str) -> None:
    refused = await refusal(mapped.user.CreateGlobalRule(ruling(1, any_of=[on_map(campaign_id)])))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, (f"rule.{PATH}",))
    assert says in refused.text


async def test_a_rule_is_stored_and_written_as_text(mapped: World) -> None:
    made = (await mapped.user.CreateGlobalRule(ruling(1, any_of=[on_map(1), on_map(2, absent=True)]))).rule
    assert made.text.conditions == "Is_subscribed_to_drip(1)|Is_not_subscribed_to_drip(2)"
    text = pb.CreateGlobalRuleRequest(rule=pb.GlobalRule(name="again"), text=made.text)
    assert (await mapped.user.CreateGlobalRule(text)).rule.any_of == made.any_of
    wrong = pb.RuleText(events="call_is_logged()", conditions="Is_subscribed_to_drip(9)", actions="Ping_APIURL(1)")
    refused = await refusal(mapped.user.CreateGlobalRule(pb.CreateGlobalRuleRequest(rule=pb.GlobalRule(), text=wrong)))
    assert "there is no campaign 9" in refused.text


async def test_a_campaign_that_rules_ask_about_stays(mapped: World) -> None:
    for name in ("Members", ""):
        await mapped.user.CreateGlobalRule(ruling(1, name=name, any_of=[on_map(1)]))
    refused = await refusal(delete(mapped, 1))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "CAMPAIGN_USED")
    assert refused.text.endswith('global rule 1 "Members", global rule 2')
    assert refused.metadata == {"users": "global rule 1, global rule 2"}
    moved = updating(maps.Campaign(id=1, object_type_id=DEAL), "object_type_id")
    assert (await refusal(mapped.user.UpdateCampaign(moved))).reason == "CAMPAIGN_USED"
    await mapped.user.UpdateGlobalRule(
        pb.UpdateGlobalRuleRequest(
            rule=pb.GlobalRule(id=1, any_of=[on_map(2)]), update_mask=FieldMask(paths=["any_of"])
        )
    )
    renamed = pb.UpdateGlobalRuleRequest(rule=pb.GlobalRule(id=2, name="x"), update_mask=FieldMask(paths=["name"]))
    await mapped.user.UpdateGlobalRule(renamed)
    assert (await refusal(delete(mapped, 1))).metadata == {"users": "global rule 2"}
    await mapped.user.DeleteGlobalRule(pb.DeleteGlobalRuleRequest(id=2))
    await delete(mapped, 1)
    assert (await refusal(delete(mapped, 2))).metadata == {"users": "global rule 1"}


async def test_a_campaign_that_maps_ask_about_stays_worked_on_or_followed(mapped: World) -> None:
    await mapped.user.UpdateCampaign(updating(maps.Campaign(id=2, elements=asking(1)), "elements"))
    assert (await refusal(delete(mapped, 1))).metadata == {"users": "campaign 2"}
    await publish(mapped, 2)
    await mapped.user.UpdateCampaign(updating(maps.Campaign(id=2, elements=mapping(1)), "elements"))
    assert (await refusal(delete(mapped, 1))).metadata == {"users": "campaign 2"}, "contacts still follow it"
    await publish(mapped, 2)
    await delete(mapped, 1)


async def test_a_map_is_published_only_where_the_campaigns_exist(mapped: World) -> None:
    for campaign_id, says in ((9, "there is no campaign 9"), (3, "is about objects of type 149")):
        await mapped.user.UpdateCampaign(updating(maps.Campaign(id=2, elements=asking(campaign_id)), "elements"))
        refused = await refusal(publish(mapped, 2))
        assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, (f"campaign.elements[1].condition.{PATH}",))
        assert says in refused.text


async def test_a_campaign_that_asks_about_itself_can_be_deleted(mapped: World) -> None:
    await mapped.user.UpdateCampaign(updating(maps.Campaign(id=2, elements=asking(2)), "elements"))
    await publish(mapped, 2)
    await delete(mapped, 2)


async def test_campaigns_that_ask_about_each_other_go_with_their_account(mapped: World) -> None:
    for campaign_id, other in ((1, 2), (2, 1)):
        await mapped.user.UpdateCampaign(updating(maps.Campaign(id=campaign_id, elements=asking(other)), "elements"))
        await publish(mapped, campaign_id)
    assert (await refusal(delete(mapped, 1))).metadata == {"users": "campaign 2"}
    await mapped.operator.DeleteAccount(account_pb2.DeleteAccountRequest(account_id=1))


async def test_a_rule_and_the_end_of_its_campaign_do_not_cross(mapped: World) -> None:
    for _ in range(6):
        number = (await mapped.user.CreateCampaign(campaigning(1))).campaign.id
        made, gone = await asyncio.gather(
            outcome(mapped.user.CreateGlobalRule(ruling(1, any_of=[on_map(number)]))),
            outcome(delete(mapped, number)),
        )
        assert {made, gone} in ({Code.OK, Code.FAILED_PRECONDITION}, {Code.INVALID_ARGUMENT, Code.OK})
