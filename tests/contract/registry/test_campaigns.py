import asyncio
import json
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2, config_pb2, object_type_pb2, webhook_pb2
from hookline.registry.v1 import campaign_pb2 as pb
from hookline.registry.v1 import global_rule_pb2 as rules_pb

from hookline_registry.settings import Settings
from tests.contract.registry.watching import Place, Replica
from tests.contract.registry.world import (
    World,
    campaigning,
    forming,
    hooking,
    mapping,
    open_world,
    outcome,
    refusal,
    ruling,
)

Code = grpc.StatusCode
PLACE: Place = (config_pb2.CONFIG_KIND_CAMPAIGN, 1, 1)
DRAFT, LIVE, PAUSED = pb.CAMPAIGN_STATE_DRAFT, pb.CAMPAIGN_STATE_LIVE, pb.CAMPAIGN_STATE_PAUSED


def updating(campaign: pb.Campaign, *paths: str) -> pb.UpdateCampaignRequest:
    return pb.UpdateCampaignRequest(campaign=campaign, update_mask=FieldMask(paths=paths))


async def publish(world: World, campaign_id: int = 1, etag: str = "") -> pb.Campaign:
    asked = pb.PublishCampaignRequest(id=campaign_id, etag=etag)
    made: pb.Campaign = (await world.user.PublishCampaign(asked)).campaign
    return made


async def pause(world: World, etag: str = "") -> pb.Campaign:
    made: pb.Campaign = (await world.user.PauseCampaign(pb.PauseCampaignRequest(id=1, etag=etag))).campaign
    return made


async def resume(world: World, etag: str = "") -> pb.Campaign:
    made: pb.Campaign = (await world.user.ResumeCampaign(pb.ResumeCampaignRequest(id=1, etag=etag))).campaign
    return made


async def shown(world: World, view: pb.CampaignView.ValueType = pb.CAMPAIGN_VIEW_WORKING) -> pb.Campaign:
    found: pb.Campaign = (await world.user.GetCampaign(pb.GetCampaignRequest(id=1, view=view))).campaign
    return found


async def delete_webhook(world: World, webhook_id: int) -> None:
    await world.user.DeleteWebhook(webhook_pb2.DeleteWebhookRequest(id=webhook_id))


async def items(world: World) -> dict[Place, config_pb2.ConfigItem]:
    replica = Replica()
    await replica.catch_up(world)
    return replica.items


async def told(world: World) -> tuple[str, dict[str, Any]]:
    config = (await items(world))[PLACE].trigger
    assert config.source == "campaign"
    return config.name, json.loads(config.definition)


@pytest.fixture
async def hooked(world: World) -> World:
    """A world with webhooks 1 to 3, about contacts."""
    for _ in range(3):
        await world.user.CreateWebhook(hooking())
    return world


async def test_a_draft_is_stored_and_told_to_nobody(hooked: World) -> None:
    facts = {"id": 9, "account_id": 9, "state": LIVE, "version": 7, "unpublished_changes": False}
    asked = campaigning(1, 2, name="Welcome", reentry_allowed=True, time_zone="Europe/Berlin", **facts)
    answer = await hooked.user.CreateCampaign(asked)
    made = answer.campaign
    assert await shown(hooked) == made
    assert (made.id, made.account_id, made.name, made.state, made.version) == (1, 1, "Welcome", DRAFT, 0)
    assert (made.reentry_allowed, made.time_zone, made.unpublished_changes) == (True, "Europe/Berlin", True)
    assert list(made.elements) == list(asked.campaign.elements)
    assert not made.HasField("publish_time")
    assert answer.config_revision == hooked.registry.database.head.revision
    assert PLACE not in await items(hooked)


async def test_a_draft_may_be_unfinished(hooked: World) -> None:
    element = pb.CampaignElement
    elements = [
        element(id="a"),
        element(id="a", wait=pb.WaitElement(), next="nowhere"),
        element(id="b", webhook=pb.WebhookElement()),
        element(id="c", webhook=pb.WebhookElement(webhook_id=99)),
        element(id="d", split=pb.SplitElement()),
        element(id="e", condition=pb.ConditionElement(any_of=[rules_pb.ConditionGroup()])),
    ]
    made = (await hooked.user.CreateCampaign(campaigning(elements=elements, time_zone="Nowhere/Never"))).campaign
    assert list(made.elements) == elements
    refused = await refusal(hooked.user.PublishCampaign(pb.PublishCampaignRequest(id=1)))
    assert refused.code is Code.INVALID_ARGUMENT
    assert {
        "campaign.time_zone",
        "campaign.elements[0]",
        "campaign.elements[1].wait",
        "campaign.elements[2].webhook.webhook_id",
        "campaign.elements[4].split.branches",
    } <= set(refused.fields), refused.text
    assert await shown(hooked) == made
    await delete_webhook(hooked, 1)


async def test_a_campaign_needs_neither_plan_nor_switch(world: World) -> None:
    _, other = await world.new_account(account_pb2.PLAN_BASIC, switched_on=False)
    await other.CreateCampaign(campaigning())
    made = (await other.PublishCampaign(pb.PublishCampaignRequest(id=1))).campaign
    assert made.state == LIVE


async def test_what_is_published_is_told_as_its_source_takes_it(hooked: World) -> None:
    compared = rules_pb.FieldComparison(field="age", comparison=rules_pb.COMPARISON_EQUAL, value="7")
    fields = [object_type_pb2.Field(key="age", label="Age", kind=object_type_pb2.FIELD_KIND_NUMBER)]
    kind = object_type_pb2.ObjectType(name="Pet", fields=fields)
    asked_type = object_type_pb2.CreateObjectTypeRequest(object_type=kind)
    type_id = (await hooked.user.CreateObjectType(asked_type)).object_type.id
    group = rules_pb.ConditionGroup(all_of=[rules_pb.Condition(comparison=compared)])
    elements = mapping()
    elements[0].next = "old"
    fork = pb.ConditionElement(any_of=[group], yes="out", no="out")
    elements.append(pb.CampaignElement(id="old", condition=fork))
    more: dict[str, Any] = {"name": "Pets", "object_type_id": type_id, "time_zone": "UTC", "reentry_allowed": True}
    created = (await hooked.user.CreateCampaign(campaigning(elements=elements, **more))).campaign
    made = await publish(hooked, etag=created.etag)
    assert (made.state, made.version, made.unpublished_changes) == (LIVE, 1, False)
    assert made.publish_time == made.update_time
    name, definition = await told(hooked)
    source = hooked.registry.host.trigger_source("campaign")
    assert source is not None
    compiled: Any = source.compile(definition)
    assert (name, compiled.version, compiled.paused, compiled.map.id) == ("Pets", 1, False, 1)
    assert (compiled.map.reentry_allowed, compiled.map.object_type_id) == (True, type_id)
    assert [(each.event, each.number) for each in compiled.interests] == [("sub_tag", "4")]
    assert json.dumps(definition["elements"][2]).count('"number"') == 1


async def test_what_is_worked_on_changes_nothing_for_contacts(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning(1, name="first"))
    live = await publish(hooked)
    before = await items(hooked)
    given = pb.Campaign(id=1, name="second", elements=mapping(2), reentry_allowed=True, etag=live.etag)
    working = (await hooked.user.UpdateCampaign(updating(given))).campaign
    assert (working.name, working.version, working.state, working.unpublished_changes) == ("second", 1, LIVE, True)
    assert working.etag != live.etag
    assert await items(hooked) == before
    followed = await shown(hooked, pb.CAMPAIGN_VIEW_PUBLISHED)
    assert (followed.name, list(followed.elements), followed.reentry_allowed) == ("first", mapping(1), False)
    assert (followed.etag, followed.unpublished_changes, followed.version) == (working.etag, True, 1)
    again = await publish(hooked)
    assert (again.version, again.unpublished_changes) == (2, False)
    name, definition = await told(hooked)
    assert (name, definition["version"], definition["reentry_allowed"]) == ("second", 2, True)
    assert list((await shown(hooked, pb.CAMPAIGN_VIEW_PUBLISHED)).elements) == mapping(2)


async def test_where_elements_stand_in_the_picture_is_kept(hooked: World) -> None:
    elements = mapping(1)
    for place, element in enumerate(elements):
        element.position.x, element.position.y = -40 * place, 120 * place
    await hooked.user.CreateCampaign(campaigning(elements=elements))
    await publish(hooked)
    assert list((await shown(hooked, pb.CAMPAIGN_VIEW_PUBLISHED)).elements) == elements
    elements[1].position.x = 1_000_001
    refused = await refusal(hooked.user.UpdateCampaign(updating(pb.Campaign(id=1, elements=elements))))
    assert list(refused.fields) == ["campaign.elements[1].position.x"]


async def test_a_change_that_is_taken_back_leaves_nothing_to_publish(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning(1, name="same"))
    await publish(hooked)
    for name, changed in (("other", True), ("same", False)):
        answer = await hooked.user.UpdateCampaign(updating(pb.Campaign(id=1, name=name)))
        assert answer.campaign.unpublished_changes is changed


async def test_update_by_mask_sets_and_keeps(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning(1, name="n", time_zone="UTC", reentry_allowed=True))
    given = pb.Campaign(id=1, name="not used")
    made = (await hooked.user.UpdateCampaign(updating(given, "elements", "reentry_allowed"))).campaign
    assert (made.name, made.time_zone, made.reentry_allowed, len(made.elements)) == ("n", "UTC", False, 0)
    for path in ("state", "version", "id", "elements.id", "publish_time"):
        assert (await refusal(hooked.user.UpdateCampaign(updating(given, path)))).fields == ("update_mask",)


async def test_the_object_type_stays_once_contacts_follow(world: World) -> None:
    deal = 149
    await world.user.CreateCampaign(campaigning())
    given = pb.Campaign(id=1, object_type_id=deal)
    assert (await world.user.UpdateCampaign(updating(given))).campaign.object_type_id == deal
    await publish(world)
    await world.user.UpdateCampaign(updating(given, "object_type_id", "name"))
    refused = await refusal(world.user.UpdateCampaign(updating(pb.Campaign(id=1), "object_type_id")))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "CAMPAIGN_PUBLISHED")


async def test_pause_and_resume(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning(1))
    for ask in (pause, resume):
        refused = await refusal(ask(hooked))
        assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "CAMPAIGN_IS_DRAFT")
    live = await publish(hooked)
    assert await resume(hooked) == live
    paused = await pause(hooked, live.etag)
    assert (paused.state, paused.version) == (PAUSED, 1)
    assert await pause(hooked) == paused
    source = hooked.registry.host.trigger_source("campaign")
    assert source is not None
    definition = (await told(hooked))[1]
    assert (definition["paused"], definition["state"]) == (True, "CAMPAIGN_STATE_PAUSED")
    assert source.compile(definition).interests == ()
    assert (await refusal(resume(hooked, live.etag))).code is Code.ABORTED
    assert (await resume(hooked, paused.etag)).state == LIVE
    definition = (await told(hooked))[1]
    assert ("paused" in definition, definition["state"]) == (False, "CAMPAIGN_STATE_LIVE")


async def test_a_paused_campaign_stays_paused_when_it_is_published(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning(1))
    await publish(hooked)
    await pause(hooked)
    await hooked.user.UpdateCampaign(updating(pb.Campaign(id=1, name="new", elements=mapping(2))))
    assert (await told(hooked))[1]["version"] == 1
    made = await publish(hooked)
    assert (made.state, made.version) == (PAUSED, 2)
    name, definition = await told(hooked)
    assert (name, definition["version"], definition["paused"]) == ("new", 2, True)


async def test_a_pause_tells_nothing_of_what_is_worked_on(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning(1, name="first"))
    await publish(hooked)
    before = (await told(hooked))[1]
    await hooked.user.UpdateCampaign(updating(pb.Campaign(id=1, name="second", elements=mapping(2))))
    await pause(hooked)
    await resume(hooked)
    assert await told(hooked) == ("first", before)


@pytest.mark.parametrize("published", [False, True])
async def test_a_deleted_campaign_is_gone(hooked: World, published: bool) -> None:
    made = (await hooked.user.CreateCampaign(campaigning(1))).campaign
    if published:
        made = await publish(hooked)
    replica = Replica()
    await replica.catch_up(hooked)
    old = await refusal(hooked.user.DeleteCampaign(pb.DeleteCampaignRequest(id=1, etag="old")))
    assert old.code is Code.ABORTED
    await hooked.user.DeleteCampaign(pb.DeleteCampaignRequest(id=1, etag=made.etag))
    assert await outcome(shown(hooked)) is Code.NOT_FOUND
    await replica.catch_up(hooked)
    assert PLACE not in replica.items
    await delete_webhook(hooked, 1)
    assert (await hooked.user.CreateCampaign(campaigning())).campaign.id == 2


async def test_webhooks_of_both_maps_cannot_be_deleted(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning(1, name="Welcome"))
    assert (await refusal(delete_webhook(hooked, 1))).reason == "WEBHOOK_USED"
    await publish(hooked)
    await hooked.user.UpdateCampaign(updating(pb.Campaign(id=1, elements=mapping(2))))
    for webhook_id in (1, 2):
        refused = await refusal(delete_webhook(hooked, webhook_id))
        assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "WEBHOOK_USED")
        assert refused.text.endswith('campaign 1 "Welcome"')
    await pause(hooked)
    assert (await refusal(delete_webhook(hooked, 1))).reason == "WEBHOOK_USED"
    await publish(hooked)
    await delete_webhook(hooked, 1)
    assert (await refusal(delete_webhook(hooked, 2))).reason == "WEBHOOK_USED"


async def test_an_object_type_with_a_draft_cannot_be_deleted(world: World) -> None:
    kind = object_type_pb2.ObjectType(name="Pet")
    made = await world.user.CreateObjectType(object_type_pb2.CreateObjectTypeRequest(object_type=kind))
    await world.user.CreateCampaign(campaigning(object_type_id=made.object_type.id))
    gone = object_type_pb2.DeleteObjectTypeRequest(id=made.object_type.id)
    refused = await refusal(world.user.DeleteObjectType(gone))
    assert (refused.reason, refused.metadata) == ("OBJECT_TYPE_USED", {"users": "campaign 1"})


async def test_a_list_has_no_maps(hooked: World) -> None:
    for number in (1, 2, 3):
        await hooked.user.CreateCampaign(campaigning(number, name=str(number), time_zone="UTC"))
    await publish(hooked, 2)
    await publish(hooked, 3)
    await hooked.user.PauseCampaign(pb.PauseCampaignRequest(id=3))
    found = (await hooked.user.ListCampaigns(pb.ListCampaignsRequest())).campaigns
    assert [(each.id, each.name, each.state, len(each.elements)) for each in found] == [
        (1, "1", DRAFT, 0),
        (2, "2", LIVE, 0),
        (3, "3", PAUSED, 0),
    ]
    whole = (await hooked.user.GetCampaign(pb.GetCampaignRequest(id=2))).campaign
    del whole.elements[:]
    assert found[1] == whole
    for state, ids in ((DRAFT, [1]), (LIVE, [2]), (PAUSED, [3])):
        asked = pb.ListCampaignsRequest(state=state)
        assert [each.id for each in (await hooked.user.ListCampaigns(asked)).campaigns] == ids
    page = await hooked.user.ListCampaigns(pb.ListCampaignsRequest(page_size=2))
    rest = await hooked.user.ListCampaigns(pb.ListCampaignsRequest(page_size=2, page_token=page.next_page_token))
    assert ([each.id for each in rest.campaigns], rest.next_page_token) == ([3], "")
    other = pb.ListCampaignsRequest(page_token=page.next_page_token, state=LIVE)
    assert (await refusal(hooked.user.ListCampaigns(other))).fields == ("page_token",)


async def test_a_draft_has_no_published_map(world: World) -> None:
    await world.user.CreateCampaign(campaigning())
    refused = await refusal(shown(world, pb.CAMPAIGN_VIEW_PUBLISHED))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "CAMPAIGN_IS_DRAFT")


async def test_of_writes_with_one_etag_one_wins(hooked: World) -> None:
    etag = (await hooked.user.CreateCampaign(campaigning())).campaign.etag
    given = [pb.Campaign(id=1, name=str(number), etag=etag) for number in range(4)]
    calls = [hooked.user.UpdateCampaign(updating(each)) for each in given]
    calls += [publish(hooked, etag=etag) for _ in range(4)]
    outcomes = await asyncio.gather(*map(outcome, calls))
    assert sorted(code.name for code in outcomes) == ["ABORTED"] * 7 + ["OK"]


async def test_publishes_at_once_make_one_version_each(hooked: World) -> None:
    await hooked.user.CreateCampaign(campaigning())
    outcomes = await asyncio.gather(*(outcome(publish(hooked)) for _ in range(5)))
    assert set(outcomes) <= {Code.OK, Code.ABORTED}
    assert (await shown(hooked)).version == outcomes.count(Code.OK) > 0


async def test_a_repeated_create_makes_one(hooked: World) -> None:
    asked = campaigning(1, state=PAUSED)
    asked.request_id = "r"
    made = await asyncio.gather(*(hooked.user.CreateCampaign(asked) for _ in range(8)))
    assert {each.campaign.id for each in made} == {1}
    asked.campaign.ClearField("state")
    assert (await hooked.user.CreateCampaign(asked)).campaign.id == 1
    asked.campaign.name = "other"
    assert (await refusal(hooked.user.CreateCampaign(asked))).code is Code.ALREADY_EXISTS


async def test_campaigns_count_as_definitions(settings: Settings) -> None:
    async with open_world(settings.model_copy(update={"registry_max_definitions": 2})) as world:
        await world.user.CreateWebhook(hooking())
        await world.user.CreateGlobalRule(ruling(1))
        await world.user.CreateCampaign(campaigning())
        assert await outcome(world.user.CreateCampaign(campaigning())) is Code.RESOURCE_EXHAUSTED
        assert await outcome(world.user.CreateForm(forming())) is Code.RESOURCE_EXHAUSTED


async def test_campaigns_go_with_their_account(world: World) -> None:
    account_id, other = await world.new_account()
    await other.CreateWebhook(hooking())
    await other.CreateCampaign(campaigning(1))
    await other.PublishCampaign(pb.PublishCampaignRequest(id=1))
    await world.operator.DeleteAccount(account_pb2.DeleteAccountRequest(account_id=account_id))
    assert not [place for place in await items(world) if place[1] == account_id]
