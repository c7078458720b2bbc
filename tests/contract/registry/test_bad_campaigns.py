"""Each bad campaign gives the right code and the path of the field, and changes nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import grpc
import pytest
import pytest_asyncio
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from hookline.registry.v1 import campaign_pb2 as pb
from hookline.registry.v1 import config_pb2
from hookline.registry.v1 import global_rule_pb2 as rules
from hookline.registry.v1.settle_pb2 import Settle

from tests.contract.registry.conftest import settings_in
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import World, campaigning, hooking, mapping, open_world, outcome, refusal

Code = grpc.StatusCode
DEAL = 149
LIVE, DRAFT = 1, 2
Element = pb.CampaignElement


@dataclass(frozen=True)
class Case:
    request: Message
    fields: tuple[str, ...] = ()
    code: grpc.StatusCode = Code.INVALID_ARGUMENT
    says: str = ""


def of(*elements: pb.CampaignElement, **more: Any) -> pb.CreateCampaignRequest:
    return campaigning(elements=elements, **more)


def settling(**span: int) -> pb.CreateCampaignRequest:
    entry = pb.EntryElement(settle=Settle(quiet=Duration(**span)))
    return of(Element(id="x", end=pb.EndElement()), Element(id="in", entry=entry))


def update(*paths: str, **values: Any) -> pb.UpdateCampaignRequest:
    values = {"id": LIVE, **values}
    return pb.UpdateCampaignRequest(campaign=pb.Campaign(**values), update_mask=FieldMask(paths=paths))


def large() -> pb.CreateCampaignRequest:
    test = rules.Condition(comparison=rules.FieldComparison(field="email", value="\N{SNOWMAN}" * 1024))
    condition = pb.ConditionElement(any_of=[rules.ConditionGroup(all_of=[test] * 20)])
    return of(*(Element(id=f"c{number}", condition=condition) for number in range(18)))


SETTLED = "campaign.elements[1].entry.settle.quiet"

CASES = {
    # what no draft may hold
    "no campaign": Case(pb.CreateCampaignRequest(), ("campaign",)),
    "name with a NUL": Case(of(name="a\0"), ("campaign.name",)),
    "name too long": Case(of(name="n" * 129), ("campaign.name",)),
    "time zone with a NUL": Case(of(time_zone="UTC\0"), ("campaign.time_zone",)),
    "time zone too long": Case(of(time_zone="z" * 65), ("campaign.time_zone",)),
    "object type below 0": Case(of(object_type_id=-1), ("campaign.object_type_id",)),
    "element without an id": Case(of(Element()), ("campaign.elements[0].id",)),
    "element's id with a line end": Case(of(Element(id="a\n")), ("campaign.elements[0].id",)),
    "element's name with a NUL": Case(of(Element(id="a", name="\0")), ("campaign.elements[0].name",)),
    "too many elements": Case(of(*[Element(id="a")] * 501), ("campaign.elements",)),
    "webhook below 0": Case(
        of(Element(id="a", webhook=pb.WebhookElement(webhook_id=-1))), ("campaign.elements[0].webhook.webhook_id",)
    ),
    "tag too large": Case(of(Element(id="a", tag=pb.TagElement(tag_id=2**31))), ("campaign.elements[0].tag.tag_id",)),
    "unknown tag change": Case(
        of(Element(id="a", tag=pb.TagElement(change=9))),  # type: ignore[arg-type]  # none there is
        ("campaign.elements[0].tag.change",),
    ),
    "settle below 0": Case(settling(seconds=-1), (SETTLED,)),
    "settle for too long": Case(settling(seconds=3601), (SETTLED,)),
    "settle with signs that differ": Case(settling(seconds=3, nanos=-5), (SETTLED,)),
    "settle with nanos of more than a second": Case(settling(nanos=2**31 - 1), (SETTLED,)),
    "too large as JSON": Case(large(), ("campaign.elements",), says="1048576"),
    "update to a bad element": Case(update(elements=[Element(id="")]), ("campaign.elements[0].id",)),
    "update to a bad settle": Case(update(elements=settling(seconds=1, nanos=-1).campaign.elements), (SETTLED,)),
    "update to what is too large": Case(update(elements=large().campaign.elements), ("campaign.elements",)),
    "update a path of the server": Case(update("state"), ("update_mask",)),
    "update a path of an element": Case(update("elements.name"), ("update_mask",)),
    "update with an old etag": Case(update(name="x", etag="old"), (), Code.ABORTED),
    "update without an id": Case(update(id=0, name="x"), ("campaign.id",)),
    "update without a campaign": Case(pb.UpdateCampaignRequest(), ("campaign",)),
    "update another's": Case(update(id=99, name="x"), (), Code.NOT_FOUND),
    "move a live one": Case(update(object_type_id=DEAL), (), Code.FAILED_PRECONDITION),
    # asked in vain
    "publish no such": Case(pb.PublishCampaignRequest(id=99), (), Code.NOT_FOUND),
    "publish an id below 0": Case(pb.PublishCampaignRequest(id=-1), ("id",)),
    "publish with an old etag": Case(pb.PublishCampaignRequest(id=LIVE, etag="old"), (), Code.ABORTED),
    "pause with an old etag": Case(pb.PauseCampaignRequest(id=LIVE, etag="old"), (), Code.ABORTED),
    "pause a draft": Case(pb.PauseCampaignRequest(id=DRAFT), (), Code.FAILED_PRECONDITION),
    "resume a draft": Case(pb.ResumeCampaignRequest(id=DRAFT), (), Code.FAILED_PRECONDITION),
    "see what a draft published": Case(
        pb.GetCampaignRequest(id=DRAFT, view=pb.CAMPAIGN_VIEW_PUBLISHED), (), Code.FAILED_PRECONDITION
    ),
    "unknown view": Case(pb.GetCampaignRequest(id=LIVE, view=9), ("view",)),  # type: ignore[arg-type]  # none there is
    "list by no state": Case(pb.ListCampaignsRequest(state=9), ("state",)),  # type: ignore[arg-type]  # none there is
    "list by a bad token": Case(pb.ListCampaignsRequest(page_token="x"), ("page_token",)),
}


def going(index: int, **changes: Any) -> list[pb.CampaignElement]:
    """A whole map of entry, webhook 1, end, in which one element is changed."""
    elements = mapping(1)
    for name, value in changes.items():
        setattr(elements[index], name, value)
    return elements


LOOP = [
    *mapping(1)[:1],
    Element(id="send-0", webhook=pb.WebhookElement(webhook_id=1), next="tag"),
    Element(id="tag", tag=pb.TagElement(tag_id=4), next="send-0"),
]
PUBLISHED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "nothing": ({"elements": []}, ("campaign.elements",)),
    "no such element": ({"elements": going(1, next="outt")}, ("campaign.elements[1].next", "campaign.elements[2]")),
    "the same id twice": (
        {"elements": [*mapping(1), Element(id="out", end=pb.EndElement())]},
        ("campaign.elements[3].id",),
    ),
    "an element that none leads to": (
        {"elements": [*mapping(1), Element(id="far", end=pb.EndElement())]},
        ("campaign.elements[3]",),
    ),
    "a loop without a wait": ({"elements": LOOP}, ("campaign.elements[1]",)),
    "no such webhook": ({"elements": mapping(1, 99)}, ("campaign.elements[2].webhook.webhook_id",)),
    "a webhook about deals": ({"elements": mapping(2)}, ("campaign.elements[1].webhook.webhook_id",)),
    "no such type of object": ({"object_type_id": 7}, ("campaign.object_type_id",)),
    "no such time zone": ({"time_zone": "../../etc/passwd"}, ("campaign.time_zone",)),
    "no such event": (
        {
            "elements": [
                Element(id="in", entry=pb.EntryElement(triggers=[rules.RuleTrigger(event="x")]), next="out"),
                Element(id="out", end=pb.EndElement()),
            ]
        },
        ("campaign.elements[0].entry.triggers[0].event",),
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def travelled_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world with webhook 1 about contacts and 2 about deals, a live campaign and a draft."""
    async with open_world(settings_in(tmp_path_factory.mktemp("travelled"))) as world:
        for object_type_id in (0, DEAL):
            await world.user.CreateWebhook(hooking(object_type_id=object_type_id))
        for _ in range(2):
            await world.user.CreateCampaign(campaigning(1))
        await world.user.PublishCampaign(pb.PublishCampaignRequest(id=LIVE))
        yield world


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
async def test_bad_campaigns(travelled_world: World, case: Case) -> None:
    before = travelled_world.registry.database.head.revision
    method = case.request.DESCRIPTOR.name.removesuffix("Request")
    refused = await refusal(getattr(travelled_world.user, method)(case.request))
    assert (refused.code, refused.fields) == (case.code, case.fields), refused.text
    assert case.says in refused.text
    await travelled_world.registry.database.poll()
    assert travelled_world.registry.database.head.revision == before


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("given", "fields"), PUBLISHED.values(), ids=PUBLISHED.keys())
async def test_what_cannot_be_published_is_kept_as_a_draft(
    travelled_world: World, given: dict[str, Any], fields: tuple[str, ...]
) -> None:
    user = travelled_world.user
    made = (await user.CreateCampaign(campaigning(1, **given))).campaign
    refused = await refusal(user.PublishCampaign(pb.PublishCampaignRequest(id=made.id)))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, fields), refused.text
    assert (await user.GetCampaign(pb.GetCampaignRequest(id=made.id))).campaign == made
    replica = Replica()
    await replica.catch_up(travelled_world)
    assert (config_pb2.CONFIG_KIND_CAMPAIGN, 1, made.id) not in replica.items


@pytest.mark.asyncio(loop_scope="module")
async def test_a_loop_is_named(travelled_world: World) -> None:
    made = (await travelled_world.user.CreateCampaign(campaigning(elements=LOOP))).campaign
    refused = await refusal(travelled_world.user.PublishCampaign(pb.PublishCampaignRequest(id=made.id)))
    assert "send-0 -> tag -> send-0" in refused.text


@pytest.mark.asyncio(loop_scope="module")
async def test_times_that_are_none_are_not_read(travelled_world: World) -> None:
    asked = campaigning(create_time=Timestamp(seconds=2**62), publish_time=Timestamp(nanos=-1), state=9)
    made = (await travelled_world.user.CreateCampaign(asked)).campaign
    assert (made.create_time.seconds < 2**40, made.HasField("publish_time")) == (True, False)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_map_as_large_as_may_be_is_told(travelled_world: World) -> None:
    elements = list(large().campaign.elements)[:16]
    for index, element in enumerate(elements):
        element.condition.yes = element.condition.no = f"c{index + 1}" if index < 15 else "out"
        for group in element.condition.any_of:
            for test in group.all_of:
                test.comparison.comparison = rules.COMPARISON_EQUAL
    start = mapping(1)
    start[1].next = "c0"
    made = (await travelled_world.user.CreateCampaign(campaigning(elements=[*start, *elements]))).campaign
    published = pb.PublishCampaignRequest(id=made.id)
    assert await outcome(travelled_world.user.PublishCampaign(published)) is Code.OK
    replica = Replica()
    await replica.catch_up(travelled_world)
    config = replica.items[config_pb2.CONFIG_KIND_CAMPAIGN, 1, made.id].trigger
    assert 2**20 > len(config.definition) > 2**19
