import asyncio
import base64

import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.registry.v1 import account_pb2, config_pb2, object_type_pb2, subscription_pb2
from hookline.registry.v1 import webhook_pb2 as pb

from hookline_registry.settings import Settings
from hookline_runtime.clock import ManualClock, now
from tests.contract.registry.watching import Replica
from tests.contract.registry.world import URL, World, hooking, open_world, outcome, refusal

Code = grpc.StatusCode
DAY = 24 * 3600 * 1_000_000
CONTACT, DEAL = 0, 149


def updating(webhook: pb.Webhook, *paths: str) -> pb.UpdateWebhookRequest:
    return pb.UpdateWebhookRequest(webhook=webhook, update_mask=FieldMask(paths=paths))


def deleting(webhook_id: int, etag: str = "") -> pb.DeleteWebhookRequest:
    return pb.DeleteWebhookRequest(id=webhook_id, etag=etag)


async def told(world: World, webhook_id: int = 1, account_id: int = 1) -> config_pb2.WebhookConfig:
    replica = Replica()
    await replica.catch_up(world)
    return replica.items[config_pb2.CONFIG_KIND_WEBHOOK, account_id, webhook_id].webhook


async def names_of(world: World, webhook_id: int = 1) -> dict[str, list[str]]:
    return {each.name: list(each.path) for each in (await told(world, webhook_id)).names}


async def set_fields(world: World, *fields: object_type_pb2.Field) -> None:
    given = object_type_pb2.ObjectType(id=CONTACT, fields=fields)
    await world.user.UpdateObjectType(object_type_pb2.UpdateObjectTypeRequest(object_type=given))


async def custom_type(world: World, *fields: object_type_pb2.Field) -> int:
    kind = object_type_pb2.ObjectType(name="Pet", fields=fields)
    made = await world.user.CreateObjectType(object_type_pb2.CreateObjectTypeRequest(object_type=kind))
    return int(made.object_type.id)


def field(key: str, label: str) -> object_type_pb2.Field:
    return object_type_pb2.Field(key=key, label=label, kind=object_type_pb2.FIELD_KIND_TEXT)


async def test_everything_that_is_set_is_stored(world: World) -> None:
    asked = pb.Webhook(
        id=99,
        account_id=99,
        name="Send [all] 'of' it",
        object_type_id=DEAL,
        url="https://example.com/[Deal Name]?of=[Primary Contact.First Name]",
        method=pb.HTTP_METHOD_PATCH,
        headers=[subscription_pb2.Header(name="X-Owner", value="[Owner.Email|none]")],
        data='{"value": [Value], "list": [1, 2]}',
        content_type="application/json",
        detected_content_type="nonsense",
        requests_per_minute=1,
        max_retries=0,
        ordered=True,
        dead_head=subscription_pb2.DEAD_HEAD_BLOCK,
        timeout=Duration(seconds=1, nanos=500_000_000),
    )
    made = (await world.user.CreateWebhook(pb.CreateWebhookRequest(webhook=asked))).webhook
    assert (await world.user.GetWebhook(pb.GetWebhookRequest(id=1))).webhook == made
    assert (made.id, made.account_id, made.detected_content_type) == (1, 1, "application/json")
    for name in ("name", "object_type_id", "url", "method", "data", "content_type", "requests_per_minute"):
        assert getattr(made, name) == getattr(asked, name)
    for name in ("max_retries", "ordered", "dead_head", "timeout"):
        assert getattr(made, name) == getattr(asked, name)
    assert list(made.headers) == list(asked.headers)


async def test_what_is_not_set_stands_for_its_default(world: World) -> None:
    made = (await world.user.CreateWebhook(hooking())).webhook
    assert (made.object_type_id, made.method, made.dead_head) == (CONTACT, pb.HTTP_METHOD_POST, 1)
    assert (made.data, made.content_type, made.detected_content_type) == ("", "", "")
    config = (await told(world)).webhook
    assert not any(config.HasField(name) for name in ("requests_per_minute", "max_retries", "timeout"))


@pytest.mark.parametrize(
    ("data", "detected"),
    [
        ("First_Name=[First Name]&Email=[Email]", "application/x-www-form-urlencoded"),
        ('{"score": [Score]}', "application/json"),
        ("<contact><email>[Email]</email></contact>", "application/xml"),
        ("Hello [First Name]", "text/plain"),
    ],
)
async def test_the_content_type_is_detected_anew_with_new_data(world: World, data: str, detected: str) -> None:
    made = (await world.user.CreateWebhook(hooking(data=data))).webhook
    assert made.detected_content_type == detected
    assert made.content_type == ""
    changed = await world.user.UpdateWebhook(updating(pb.Webhook(id=1, data="{}")))
    assert changed.webhook.detected_content_type == "application/json"
    text = await world.user.UpdateWebhook(updating(pb.Webhook(id=1, content_type="text/plain")))
    assert text.webhook.detected_content_type == "text/plain"


async def test_the_feed_says_what_the_merge_fields_stand_for(world: World) -> None:
    header = subscription_pb2.Header(name="X-Id", value="[Contact ID]")
    await world.user.CreateWebhook(
        hooking("https://[Website]/[ owner.EMAIL |x]", headers=[header], data="a=[First Name]+[first name]")
    )
    assert await names_of(world) == {
        "website": ["website"],
        "owner.email": ["owner", "email"],
        "contact id": ["id"],
        "first name": ["firstname"],
    }


async def test_the_feed_holds_the_webhook_and_its_secrets(world: World) -> None:
    made = await world.user.CreateWebhook(hooking())
    config = await told(world)
    assert config.webhook == made.webhook
    assert [each.secret for each in config.secrets] == [made.signing_secret]


async def test_texts_that_an_update_does_not_touch_stay_as_they_were_read(world: World) -> None:
    await set_fields(world, field("a", "Old"))
    await world.user.CreateWebhook(hooking(data="x=[Old]"))
    await set_fields(world, field("b", "New"))
    made = (await world.user.UpdateWebhook(updating(pb.Webhook(id=1, name="renamed", ordered=True)))).webhook
    assert (made.name, made.data) == ("renamed", "x=[Old]")
    assert await names_of(world) == {"old": ["a"]}
    refused = await refusal(world.user.UpdateWebhook(updating(pb.Webhook(id=1, url=URL))))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("webhook.data",))
    await set_fields(world, field("c", "Old"))
    await world.user.UpdateWebhook(updating(pb.Webhook(id=1, url=URL)))
    assert await names_of(world) == {"old": ["c"]}


async def test_a_field_that_is_deleted_is_warned_of_until_it_is_back(world: World) -> None:
    nick, name, email = field("nick", "Nick Name"), field("firstname", "First Name"), field("email", "Email")
    await set_fields(world, nick, name, email)
    await world.user.CreateWebhook(hooking(data="[Nick Name] [nick] [First Name] [Contact ID]"))
    await world.user.CreateWebhook(hooking(data="[Email]"))
    before = await told(world, 2)
    await set_fields(world, name, email)
    warned = (await world.user.GetWebhook(pb.GetWebhookRequest(id=1))).webhook
    assert [text.partition("]")[0] for text in warned.warnings] == ["[nick name", "[nick"]
    assert "is no field any more" in warned.warnings[0]
    assert {each.name for each in (await told(world)).names if each.gone} == {"nick name", "nick"}
    assert list((await told(world)).webhook.warnings) == list(warned.warnings)
    assert await told(world, 2) == before
    renamed = pb.Webhook(id=1, name="still")
    assert (await world.user.UpdateWebhook(updating(renamed))).webhook.warnings == warned.warnings
    refused = await refusal(world.user.UpdateWebhook(updating(pb.Webhook(id=1, data="[Nick Name]!"), "data")))
    assert refused.fields == ("webhook.data",)
    await set_fields(world, field("nick", "Called"), name, email)
    assert not (await world.user.GetWebhook(pb.GetWebhookRequest(id=1))).webhook.warnings
    assert not any(each.gone for each in (await told(world)).names)


async def test_a_field_behind_a_relation_that_is_deleted_is_warned_of(world: World) -> None:
    pet = await custom_type(world, field("race", "Race"))
    relation = object_type_pb2.FIELD_KIND_RELATION
    has_pet = object_type_pb2.Field(key="pet", label="Pet", kind=relation, related_object_type_id=pet)
    await set_fields(world, has_pet)
    await world.user.CreateWebhook(hooking(data="[Pet.Race|none] [Pet.ID]"))

    async def warnings() -> list[str]:
        shown = (await world.user.GetWebhook(pb.GetWebhookRequest(id=1))).webhook
        return [text.partition("]")[0][1:] for text in shown.warnings]

    emptied = object_type_pb2.ObjectType(id=pet)
    mask = FieldMask(paths=["fields"])
    await world.user.UpdateObjectType(object_type_pb2.UpdateObjectTypeRequest(object_type=emptied, update_mask=mask))
    assert await warnings() == ["pet.race"]
    await world.user.DeleteObjectType(object_type_pb2.DeleteObjectTypeRequest(id=pet))
    assert await warnings() == ["pet.race", "pet.id"]


async def test_the_object_type_decides_what_names_there_are(world: World) -> None:
    pet = await custom_type(world, field("bark", "Bark"))
    await world.user.CreateWebhook(hooking(object_type_id=pet, data="b=[Bark]&i=[Pet ID]"))
    refused = await refusal(world.user.UpdateWebhook(updating(pb.Webhook(id=1), "object_type_id")))
    assert refused.fields == ("webhook.data",)
    both = updating(pb.Webhook(id=1, data="e=[Email]"), "object_type_id", "data")
    assert (await world.user.UpdateWebhook(both)).webhook.object_type_id == CONTACT


async def test_an_object_type_with_webhooks_cannot_be_deleted(world: World) -> None:
    pet = await custom_type(world)
    gone = object_type_pb2.DeleteObjectTypeRequest(id=pet)
    for number in range(12):
        await world.user.CreateWebhook(hooking(object_type_id=pet, name=f"of pets {number}"))
    refused = await refusal(world.user.DeleteObjectType(gone))
    assert (refused.code, refused.reason) == (Code.FAILED_PRECONDITION, "OBJECT_TYPE_USED")
    assert 'webhook 1 "of pets 0", webhook 2 "of pets 1"' in refused.text
    assert refused.text.endswith("and others")
    for number in range(12):
        await world.user.DeleteWebhook(deleting(number + 1))
    await world.user.DeleteObjectType(gone)
    standard = await refusal(world.user.DeleteObjectType(object_type_pb2.DeleteObjectTypeRequest(id=CONTACT)))
    assert standard.reason == "OBJECT_TYPE_STANDARD"


async def test_an_object_type_of_another_account_is_none(world: World) -> None:
    pet = await custom_type(world)
    _, other = await world.new_account()
    refused = await refusal(other.CreateWebhook(hooking(object_type_id=pet)))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("webhook.object_type_id",))


async def test_the_secret_is_shown_once_and_never_again(world: World) -> None:
    given = "whsec_" + base64.b64encode(bytes(range(24))).decode()
    asked = hooking()
    asked.signing_secret, asked.request_id = given, "r"
    made = await world.user.CreateWebhook(asked)
    assert made.signing_secret == given
    again = await world.user.CreateWebhook(asked)
    assert (again.webhook, again.signing_secret) == (made.webhook, "")
    other = await world.user.CreateWebhook(hooking())
    assert len(base64.b64decode(other.signing_secret.removeprefix("whsec_"))) == 32
    shown = str(await world.user.GetWebhook(pb.GetWebhookRequest(id=1)))
    shown += str(await world.user.ListWebhooks(pb.ListWebhooksRequest()))
    assert "whsec_" not in shown


async def test_what_the_server_sets_does_not_make_a_request_another(world: World) -> None:
    asked = hooking()
    asked.request_id = "r"
    first = await world.user.CreateWebhook(asked)
    asked.webhook.MergeFrom(pb.Webhook(id=7, etag="x", detected_content_type="text/plain"))
    assert (await world.user.CreateWebhook(asked)).webhook == first.webhook
    asked.webhook.data = "another"
    assert (await refusal(world.user.CreateWebhook(asked))).code is Code.ALREADY_EXISTS


async def test_a_rotation_keeps_the_old_secret_for_a_day(settings: Settings) -> None:
    clock = ManualClock(now())
    async with open_world(settings, clock) as world:
        first = await world.user.CreateWebhook(hooking())
        second = await world.user.RotateWebhookSecret(pb.RotateWebhookSecretRequest(id=1))
        assert second.webhook.old_secret_expire_time.ToMicroseconds() == clock.now() + DAY
        secrets = (await told(world)).secrets
        assert [each.secret for each in secrets] == [second.signing_secret, first.signing_secret]
        clock.time += DAY
        shown = await world.user.GetWebhook(pb.GetWebhookRequest(id=1))
        assert not shown.webhook.HasField("old_secret_expire_time")
        await world.user.UpdateWebhook(updating(pb.Webhook(id=1, ordered=True)))
        assert [each.secret for each in (await told(world)).secrets] == [second.signing_secret]


async def test_rotating_to_the_same_secret_is_refused(world: World) -> None:
    made = await world.user.CreateWebhook(hooking())
    same = pb.RotateWebhookSecretRequest(id=1, signing_secret=made.signing_secret)
    refused = await refusal(world.user.RotateWebhookSecret(same))
    assert (refused.code, refused.fields) == (Code.INVALID_ARGUMENT, ("signing_secret",))
    assert made.signing_secret not in refused.text


async def test_update_by_mask_sets_and_clears(world: World) -> None:
    await world.user.CreateWebhook(hooking(requests_per_minute=5, data="a=[Email]", ordered=True, name="n"))
    given = pb.Webhook(id=1, max_retries=7, url="https://not.used/")
    made = (await world.user.UpdateWebhook(updating(given, "max_retries", "requests_per_minute", "data"))).webhook
    assert (made.max_retries, made.data, made.detected_content_type, made.url) == (7, "", "", URL)
    assert not made.HasField("requests_per_minute")
    assert (made.ordered, made.name) == (True, "n")
    assert await names_of(world) == {}


async def test_of_two_updates_with_one_etag_one_wins(world: World) -> None:
    made = (await world.user.CreateWebhook(hooking())).webhook
    given = [pb.Webhook(id=1, data=f"n={number}", etag=made.etag) for number in range(8)]
    outcomes = await asyncio.gather(*(outcome(world.user.UpdateWebhook(updating(each))) for each in given))
    assert outcomes.count(Code.OK) == 1
    assert outcomes.count(Code.ABORTED) == 7


async def test_an_old_etag_comes_before_what_is_wrong(world: World) -> None:
    await world.user.CreateWebhook(hooking())
    given = pb.Webhook(id=1, url="nonsense", etag="old")
    assert (await refusal(world.user.UpdateWebhook(updating(given)))).code is Code.ABORTED
    absent = pb.Webhook(id=2, url="nonsense", etag="old")
    assert (await refusal(world.user.UpdateWebhook(updating(absent)))).code is Code.NOT_FOUND


async def test_concurrent_creates_with_one_request_id_make_one(world: World) -> None:
    asked = hooking()
    asked.request_id = "r"
    made = await asyncio.gather(*(world.user.CreateWebhook(asked) for _ in range(8)))
    assert {each.webhook.id for each in made} == {1}
    assert sum(each.signing_secret != "" for each in made) == 1


async def test_list_by_object_type_holds_the_token_to_it(world: World) -> None:
    for object_type_id in (DEAL, CONTACT, DEAL, CONTACT, DEAL):
        await world.user.CreateWebhook(hooking(object_type_id=object_type_id))
    page = await world.user.ListWebhooks(pb.ListWebhooksRequest(object_type_id=DEAL, page_size=2))
    assert [each.id for each in page.webhooks] == [1, 3]
    asked = pb.ListWebhooksRequest(object_type_id=DEAL, page_token=page.next_page_token)
    assert [each.id for each in (await world.user.ListWebhooks(asked)).webhooks] == [5]
    contacts = await world.user.ListWebhooks(pb.ListWebhooksRequest(object_type_id=CONTACT))
    assert [each.id for each in contacts.webhooks] == [2, 4]
    assert len((await world.user.ListWebhooks(pb.ListWebhooksRequest())).webhooks) == 5
    for other in (pb.ListWebhooksRequest(), pb.ListWebhooksRequest(object_type_id=CONTACT)):
        other.page_token = page.next_page_token
        assert (await refusal(world.user.ListWebhooks(other))).fields == ("page_token",)


async def test_delete_and_never_give_the_id_again(world: World) -> None:
    made = (await world.user.CreateWebhook(hooking())).webhook
    await world.user.UpdateWebhook(updating(pb.Webhook(id=1, ordered=True)))
    assert (await refusal(world.user.DeleteWebhook(deleting(1, made.etag)))).code is Code.ABORTED
    await world.user.DeleteWebhook(deleting(1))
    assert (await refusal(world.user.DeleteWebhook(deleting(1)))).code is Code.NOT_FOUND
    assert (await world.user.CreateWebhook(hooking())).webhook.id == 2
    replica = Replica()
    await replica.catch_up(world)
    assert [place[2] for place in replica.items if place[0] == config_pb2.CONFIG_KIND_WEBHOOK] == [2]


async def test_an_account_goes_with_its_webhooks(world: World) -> None:
    account_id, other = await world.new_account()
    await other.CreateWebhook(hooking())
    await world.operator.DeleteAccount(account_pb2.DeleteAccountRequest(account_id=account_id))
    replica = Replica()
    await replica.catch_up(world)
    assert not [place for place in replica.items if place[1] == account_id]


async def test_the_operator_opens_addresses(settings: Settings) -> None:
    opened = settings.model_copy(update={"egress_allow": "127.0.0.0/8:9000,::1/128"})
    async with open_world(opened) as world:
        for host in ("127.0.0.1:9000", "localhost:9000", "0x7f.1:9000", "[::1]:80"):
            await world.user.CreateWebhook(hooking(f"http://{host}/[Email]"))
        refused = await refusal(world.user.CreateWebhook(hooking("http://127.0.0.1:9001/")))
        assert refused.fields == ("webhook.url",)


async def test_what_is_not_touched_may_stay_though_it_would_be_refused_today(settings: Settings) -> None:
    async with open_world(settings.model_copy(update={"egress_allow": "127.0.0.0/8"})) as world:
        await world.user.CreateWebhook(hooking("http://127.0.0.1/"))
        first = world.first
    async with open_world(settings, first=first) as world:
        made = await world.user.UpdateWebhook(updating(pb.Webhook(id=1, max_retries=1)))
        assert made.webhook.url == "http://127.0.0.1/"
        again = pb.Webhook(id=1, url=made.webhook.url)
        assert (await refusal(world.user.UpdateWebhook(updating(again)))).fields == ("webhook.url",)
