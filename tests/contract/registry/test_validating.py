from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from hookline.registry.v1 import campaign_pb2, form_pb2, global_rule_pb2, object_type_pb2, subscription_pb2, webhook_pb2

from tests.contract.registry.conftest import OF_SQLITE
from tests.contract.registry.world import (
    World,
    campaigning,
    firing,
    forming,
    hooking,
    mapping,
    outcome,
    refusal,
    ruling,
    subscribing,
)

pytestmark = OF_SQLITE

Code = grpc.StatusCode

CREATES = {
    "Subscription": subscribing(),
    "Webhook": hooking(),
    "GlobalRule": ruling(1),
    "Form": forming(1),
    "Campaign": campaigning(1, name="Journey"),
    "ObjectType": object_type_pb2.CreateObjectTypeRequest(object_type=object_type_pb2.ObjectType(name="Boat")),
}
UPDATES = {
    "Subscription": subscription_pb2.UpdateSubscriptionRequest(
        subscription=subscription_pb2.Subscription(id=1, max_retries=7)
    ),
    "Webhook": webhook_pb2.UpdateWebhookRequest(webhook=webhook_pb2.Webhook(id=1, name="Other")),
    "GlobalRule": global_rule_pb2.UpdateGlobalRuleRequest(
        rule=global_rule_pb2.GlobalRule(id=1, actions=firing(1), name="Other")
    ),
    "Form": form_pb2.UpdateFormRequest(form=form_pb2.Form(id=1, always_on=firing(1), name="Other")),
    "Campaign": campaign_pb2.UpdateCampaignRequest(
        campaign=campaign_pb2.Campaign(id=1, elements=mapping(1), name="Other")
    ),
}


async def state(world: World) -> tuple[int, set[tuple[Any, ...]]]:
    """The revision and every row, but what goes on by itself: when keys were used, and that the store was probed."""
    async with world.registry.database.read() as connection:
        tables = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in tables if name != "api_key"]
        rows = {(name, *row) for name in names for row in await connection.exec_driver_sql(f'SELECT * FROM "{name}"')}
    return world.registry.database.head.revision, {row for row in rows if "probe" not in row}


def trying(request: Any, **more: Any) -> Any:
    asked = type(request)()
    asked.CopyFrom(request)
    asked.MergeFrom(type(request)(validate_only=True, **more))
    return asked


def resource(answer: Message) -> Any:
    """The one message that an answer shows."""
    (shown,) = (value for field, value in answer.ListFields() if field.message_type is not None)
    return shown


@pytest.fixture
async def hooked(world: World) -> World:
    await world.user.CreateWebhook(hooking())
    return world


@pytest.mark.parametrize("kind", CREATES)
async def test_a_create_that_is_tried_shows_what_it_would_make_and_makes_nothing(hooked: World, kind: str) -> None:
    create = getattr(hooked.user, f"Create{kind}")
    before = await state(hooked)
    tried = await create(trying(CREATES[kind], request_id="r"))
    assert await state(hooked) == before
    assert not [field.name for field, _ in tried.ListFields() if field.message_type is None], "revision, secret"
    made = resource(await create(type(CREATES[kind]).FromString(CREATES[kind].SerializeToString())))
    for name in ("id", "etag", "create_time", "update_time"):
        assert made.HasField(name) if "time" in name else getattr(made, name)
        made.ClearField(name)
    assert resource(tried) == made


@pytest.mark.parametrize("kind", UPDATES)
async def test_an_update_that_is_tried_shows_what_would_come_of_it_and_changes_nothing(
    hooked: World, kind: str
) -> None:
    if kind != "Webhook":
        await getattr(hooked.user, f"Create{kind}")(CREATES[kind])
    update = getattr(hooked.user, f"Update{kind}")
    before = await state(hooked)
    tried = resource(await update(trying(UPDATES[kind])))
    assert await state(hooked) == before
    assert (tried.id, tried.etag, tried.HasField("create_time"), tried.HasField("update_time")) == (1, "", True, False)
    changed = resource(await update(UPDATES[kind]))
    changed.ClearField("etag")
    changed.ClearField("update_time")
    assert tried == changed


@pytest.mark.parametrize(
    ("kind", "request_"),
    [
        ("Subscription", subscribing(url="ftp://x.example/")),
        ("Webhook", hooking(url="x")),
        ("GlobalRule", ruling(9)),
        ("Form", forming(9)),
        ("Campaign", campaigning(1, name="x" * 5000)),
    ],
)
async def test_what_is_wrong_is_told_as_it_is_in_earnest(hooked: World, kind: str, request_: Any) -> None:
    create = getattr(hooked.user, f"Create{kind}")
    told = await refusal(create(trying(request_)))
    assert told == await refusal(create(request_))
    assert told.code is Code.INVALID_ARGUMENT
    assert told.fields


async def test_an_etag_that_is_out_of_date_is_told(hooked: World) -> None:
    stale = webhook_pb2.UpdateWebhookRequest(webhook=webhook_pb2.Webhook(id=1, name="x", etag="old"))
    assert (await refusal(hooked.user.UpdateWebhook(trying(stale)))).code is Code.ABORTED


async def test_a_request_id_is_not_used_up_by_trying(hooked: World) -> None:
    asked = ruling(1)
    asked.request_id = "r"
    await hooked.user.CreateGlobalRule(trying(asked))
    made = (await hooked.user.CreateGlobalRule(asked)).rule
    assert (await hooked.user.CreateGlobalRule(asked)).rule == made
    assert await outcome(hooked.user.CreateGlobalRule(trying(asked))) is Code.OK, "it is what was made"


async def test_webhooks_of_old_actions_are_not_made(hooked: World) -> None:
    text = global_rule_pb2.RuleText(events="call_is_logged()", actions="Ping_APIURL(https://a.example/::a=1::0)")
    asked = global_rule_pb2.CreateGlobalRuleRequest(rule=global_rule_pb2.GlobalRule(), text=text)
    before = await state(hooked)
    tried = (await hooked.user.CreateGlobalRule(trying(asked))).rule
    assert tried.text.actions == "Ping_APIURL(2)"
    assert await state(hooked) == before
