"""Previews: the request that an attempt would send, and what is perhaps not meant about it, over real sockets."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.dispatcher.v1 import preview_service_pb2 as pb
from hookline.dispatcher.v1 import target_service_pb2 as tpb
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import config_pb2, object_type_pb2, subscription_pb2, webhook_pb2

from hookline_builtin.campaign import CampaignSource
from hookline_dispatcher.delivery.previewing import MESSAGE_ID, SAMPLE_SECRET
from hookline_plugin.trigger import TriggerSource
from tests.contract.dispatcher.fed import WEBHOOK, Fed, running, subscription_item, trigger_item, webhook_item
from tests.contract.dispatcher.receiver import BOUND
from tests.unit.builtin.campaign_maps import campaign, end, entry, send, wait

WAITING = campaign(entry("hello"), send("hello", "rest", 1), wait("rest", "out", 2), end())
TEXT = object_type_pb2.FIELD_KIND_TEXT
FIELDS = (("firstname", "First Name"), ("email", "Email"), ("phone", "Phone"))


def contacts() -> config_pb2.ConfigItem:
    fields = [object_type_pb2.Field(key=key, label=label, kind=TEXT) for key, label in FIELDS]
    stored = object_type_pb2.ObjectType(id=0, name="Contact", fields=fields)
    return config_pb2.ConfigItem(kind=config_pb2.CONFIG_KIND_OBJECT_TYPE, id=0, object_type=stored)


@pytest.fixture
async def fed(tmp_path: Path) -> AsyncIterator[Fed]:
    async with running(tmp_path) as fed:
        await fed.change(contacts())
        yield fed


async def previewed(fed: Fed, values: object, **fields: Any) -> pb.Preview:
    """The preview of a webhook that was never saved, for these values."""
    webhook = webhook_pb2.Webhook(**{"url": fed.receiver.url, **fields})
    asked = pb.PreviewWebhookRequest(webhook=webhook, data=json.dumps(values).encode())
    preview: pb.Preview = (await fed.user.PreviewWebhook(asked)).preview
    return preview


def headers_of(preview: pb.Preview) -> dict[str, str]:
    return {header.name.lower(): header.value for header in preview.request.headers}


def warnings_of(preview: pb.Preview) -> list[tuple[str, str]]:
    return [(each.field, each.text) for each in preview.warnings]


async def refused(fed: Fed, request: pb.PreviewWebhookRequest) -> dict[str, str]:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await fed.user.PreviewWebhook(request)
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    bad = error_details_pb2.BadRequest()
    assert any(each.Unpack(bad) for each in rpc_status.from_call(error.value).details)
    return {each.field: each.description for each in bad.field_violations}


async def test_a_preview_is_what_a_test_sends_to_the_header(fed: Fed) -> None:
    fields: dict[str, Any] = {
        "method": webhook_pb2.HTTP_METHOD_PUT,
        "headers": [{"name": "X-Who", "value": "[Email|nobody]"}, {"name": "Authorization", "value": "Bearer hunter2"}],
        "data": '{"name": "[First Name]", "id": [ID]}',
        "url": f"http://127.0.0.1:{fed.receiver.port}/[First Name]?mail=[Email]",
    }
    names = {"first name": ["firstname"], "email": ["email"], "id": ["id"]}
    await fed.change(webhook_item(1, names=names, content_type="application/json", **fields))
    preview = await previewed(fed, {"id": 8, "firstname": "Zoë & Co", "email": "z@x.example"}, **fields)
    saved = pb.PreviewWebhookRequest(webhook_id=1, data=preview.event.data)
    of_saved = (await fed.user.PreviewWebhook(saved)).preview
    assert not fed.receiver.received
    test = tpb.SendTestRequest(target=dpb.TargetRef(kind=WEBHOOK, id=1), event=preview.event)
    await fed.user.SendTest(test)
    (sent,) = await fed.receiver.until(1)
    for each in (preview, of_saved):
        assert each.request.method == sent.method == "PUT"
        assert each.request.url.endswith(sent.path)
        assert each.request.body == sent.body
        shown, real = headers_of(each), dict(sent.headers)
        assert shown.keys() == {name.lower() for name in real}
        own = {"webhook-id", "webhook-timestamp", "webhook-signature"}
        assert {name: value for name, value in shown.items() if name not in own} == {
            name.lower(): value for name, value in real.items() if name.lower() not in own
        }
        assert each.content_type == "application/json"
        assert not each.warnings
    assert sent.body == '{"name": "Zoë & Co", "id": 8}'.encode()


async def test_it_is_signed_with_a_sample_secret_only(fed: Fed) -> None:
    await fed.change(webhook_item(1, url=fed.receiver.url, data="[First Name]", content_type="text/plain"))
    preview = (await fed.user.PreviewWebhook(pb.PreviewWebhookRequest(webhook_id=1))).preview
    headers = headers_of(preview)
    key = base64.b64decode(SAMPLE_SECRET.removeprefix("whsec_"))
    said = f"{MESSAGE_ID}.{headers['webhook-timestamp']}.".encode() + preview.request.body
    expected = base64.b64encode(hmac.digest(key, said, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"


async def test_nothing_is_kept_of_it(fed: Fed) -> None:
    await fed.change(webhook_item(1, url=fed.receiver.url, data="saved", content_type="text/plain"))
    preview = await previewed(fed, {}, id=1, data="never saved")
    assert preview.request.body == b"never saved"
    asked = pb.PreviewWebhookRequest(webhook_id=1)
    assert (await fed.user.PreviewWebhook(asked)).preview.request.body == b"saved"
    assert not await fed.deliveries()


async def _once_remembered(fed: Fed, asked: pb.PreviewWebhookRequest) -> pb.Preview | None:
    try:
        preview: pb.Preview = (await fed.user.PreviewWebhook(asked)).preview
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        return None
    return preview


async def test_it_is_rendered_for_an_object_that_is_remembered(tmp_path: Path) -> None:
    maps = cast("TriggerSource", CampaignSource())
    async with running(tmp_path, maps) as fed:
        await fed.change(contacts(), trigger_item(5, WAITING, "campaign", config_pb2.CONFIG_KIND_CAMPAIGN))
        await fed.publish(object_id="8", params={"tag_id": "1"}, data=b'{"firstname":"Mary"}')
        webhook = webhook_pb2.Webhook(url=fed.receiver.url, data="[First Name] is [ID]")
        asked = pb.PreviewWebhookRequest(webhook=webhook, object_id="8")
        async with asyncio.timeout(BOUND):
            while (preview := await _once_remembered(fed, asked)) is None:
                await asyncio.sleep(0.01)
        assert preview.request.body == b"Mary is 8"


async def test_it_warns_of_what_is_empty_or_odd(fed: Fed) -> None:
    preview = await previewed(
        fed,
        {"firstname": "", "email": "z@x.example"},
        method=webhook_pb2.HTTP_METHOD_GET,
        headers=[{"name": "Content-Type", "value": "text/csv"}, {"name": "X-Phone", "value": "[Phone|none known]"}],
    )
    assert warnings_of(preview) == [
        ("webhook.headers[1].value", "[phone] is empty for this object: its default stands in its place, none known"),
        ("webhook.headers[0].value", "there is no body that this could be the Content-Type of"),
    ]


async def test_it_warns_of_a_body_that_goes_along_with_get(fed: Fed) -> None:
    webhook = webhook_pb2.Webhook(
        url=fed.receiver.url,
        method=webhook_pb2.HTTP_METHOD_GET,
        data='{"a": "[First Name]"}',
        headers=[subscription_pb2.Header(name="content-type", value="text/csv; header=present")],
    )
    preview = (await fed.user.PreviewWebhook(pb.PreviewWebhookRequest(webhook=webhook, data=b"{}"))).preview
    assert preview.request.body == b'{"a": ""}'
    assert warnings_of(preview) == [
        ("webhook.data", "[first name] is empty for this object: nothing stands in its place"),
        ("webhook.method", "GET with a body, which many receivers refuse or do not read"),
        ("webhook.headers[0].value", "the body is written as application/json, and this header says something else"),
    ]


async def test_it_warns_of_fields_that_were_deleted(fed: Fed) -> None:
    item = webhook_item(1, names={"first nam": ["firstnam"]}, url=fed.receiver.url, data="[First Nam]")
    item.webhook.names[0].gone = True
    await fed.change(item)
    preview = (await fed.user.PreviewWebhook(pb.PreviewWebhookRequest(webhook_id=1, data=b"{}"))).preview
    assert warnings_of(preview)[0] == (
        "webhook.data",
        "[first nam] is no field any more; did you mean [First Name]?",
    )


async def test_it_says_that_a_merged_host_is_closed(fed: Fed) -> None:
    preview = await previewed(fed, {"firstname": "10.1.2.3"}, url="http://[First Name]/")
    assert preview.request.url == "http://10.1.2.3/"
    assert warnings_of(preview) == [("webhook.url", "the URL must not lead to an address that is not public")]


async def test_it_is_refused_in_the_words_of_saving(fed: Fed) -> None:
    webhook = webhook_pb2.Webhook(
        url="http://10.1.2.3/",
        data='{"a":\n  [Frst Name]}',
        headers=[subscription_pb2.Header(name="Host", value="x")],
    )
    assert await refused(fed, pb.PreviewWebhookRequest(webhook=webhook)) == {
        "webhook.headers[0].name": "is a header that only Hookline itself may set",
        "webhook.data": "line 2, column 3: unknown field [Frst Name]; did you mean [First Name]?",
    }
    webhook = webhook_pb2.Webhook(url="http://10.1.2.3/")
    assert await refused(fed, pb.PreviewWebhookRequest(webhook=webhook)) == {
        "webhook.url": "must not lead to an address that is not public"
    }
    webhook = webhook_pb2.Webhook(url=fed.receiver.url, object_type_id=7)
    found = await refused(fed, pb.PreviewWebhookRequest(webhook=webhook, data=b"[1]"))
    assert found == {"webhook.object_type_id": "must be an object type of the account"}
    webhook = webhook_pb2.Webhook(url=fed.receiver.url)
    assert await refused(fed, pb.PreviewWebhookRequest(webhook=webhook, data=b"[1]")) == {
        "data": "must be a JSON object"
    }
    assert "source" in await refused(fed, pb.PreviewWebhookRequest())


async def test_a_value_that_cannot_be_sent_is_a_reason_and_no_request(fed: Fed) -> None:
    preview = await previewed(fed, {"firstname": "a\r\nb"}, headers=[{"name": "X-Who", "value": "[First Name]"}])
    assert not preview.HasField("request")
    assert preview.unrendered_reason == "header X-Who: a value that is merged in holds a control character"


async def test_what_another_account_has_does_not_exist(fed: Fed) -> None:
    for asked in (
        pb.PreviewWebhookRequest(webhook_id=9),
        pb.PreviewWebhookRequest(webhook=webhook_pb2.Webhook(url=fed.receiver.url), object_id="nobody"),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await fed.user.PreviewWebhook(asked)
        assert error.value.code() is grpc.StatusCode.NOT_FOUND


async def test_a_subscription_is_rendered_for_its_event(fed: Fed) -> None:
    await fed.change(subscription_item(3, fed.receiver.url, "sub_tag(4)"))
    of_saved = (await fed.user.PreviewSubscription(pb.PreviewSubscriptionRequest(subscription_id=3))).preview
    assert b"webhook_id=3" in of_saved.request.body
    assert of_saved.content_type == "application/x-www-form-urlencoded"
    assert not of_saved.warnings
    assert of_saved.event.params == {"tag_id": "4"}
    subscription = subscription_pb2.Subscription(
        event="sub_tag(4)", url=fed.receiver.url, content_type="application/json"
    )
    event = event_pb2.Event(type="sub_tag", params={"tag_id": "5"}, object_id="8", data=b'{"firstname":"Mary"}')
    asked = pb.PreviewSubscriptionRequest(subscription=subscription, event=event)
    preview = (await fed.user.PreviewSubscription(asked)).preview
    assert json.loads(preview.request.body)["data"]["firstname"] == "Mary"
    assert warnings_of(preview) == [("subscription.event", "the subscription does not fire for this event")]
    assert not fed.receiver.received


async def test_a_subscription_that_cannot_be_saved_is_refused(fed: Fed) -> None:
    subscription = subscription_pb2.Subscription(event="sub_tagg", url="http://10.1.2.3/", content_type="text/nothing")
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await fed.user.PreviewSubscription(pb.PreviewSubscriptionRequest(subscription=subscription))
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    for words in ("subscription.event: ", "did you mean sub_tag?", "subscription.url: ", "subscription.content_type: "):
        assert words in (error.value.details() or "")
