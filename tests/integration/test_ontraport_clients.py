"""The original's clients, with nothing changed but the base address, over real services and to a real receiver."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from hookline.registry.v1 import subscription_pb2

from tests.contract.gateway.rig import Door, door
from tests.integration.ontraport_clients import Client, DotNet, Php


@dataclass
class Rig:
    """One of the clients, and all that it talks to."""

    door: Door
    client: Client

    async def publish(self, id_: str, event_id: str) -> None:
        """An event of sub_tag(4), once the subscription is known where it is routed."""
        suite = self.door.suite
        asked = subscription_pb2.GetSubscriptionRequest(id=int(id_))
        suite.revision = int((await suite.world.user.GetSubscription(asked)).subscription.etag, 16)
        await suite.publish(event_id)


@pytest.fixture(params=[Php, DotNet])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    async with door(tmp_path) as made:
        first = made.suite.world.first
        yield Rig(made, request.param(made.url, first.api_key, first.api_appid))


async def settled(rig: Rig) -> dpb.Delivery:
    return await rig.door.suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)


async def test_subscribe_list_receive_unsubscribe(rig: Rig) -> None:
    suite, client = rig.door.suite, rig.client
    made = await client.subscribe(suite.receiver.url, "sub_tag(4)", '{"format":"lightweight"}')
    assert (made["code"], made["account_id"]) == (0, suite.world.first.account_id)
    id_ = made["data"]["id"]
    shown = {"id": id_, "event": "sub_tag(4)", "data": '{"format":"lightweight"}', "url": suite.receiver.url}
    never = {"last_hook": None, "last_code": "0", "last_payload": ""}
    assert made["data"] == {**shown, **never, "signing_secret": made["data"]["signing_secret"]}

    # Over gRPC it is there at once.
    request = subscription_pb2.GetSubscriptionRequest(id=int(id_))
    stored = (await suite.world.user.GetSubscription(request)).subscription
    assert (stored.event, stored.format) == ("sub_tag(4)", subscription_pb2.PAYLOAD_FORMAT_LIGHTWEIGHT)
    assert (await client.get("Webhooks"))["data"] == [{**shown, **never}]
    assert (await client.get("Webhook", id=id_))["data"] == {**shown, **never}

    before = int(time.time())
    await rig.publish(id_, "e1")
    (received,) = await suite.receiver.until(1)
    sent = {name: value for name, (value,) in parse_qs(received.body.decode()).items()}
    assert (sent["webhook_id"], sent["event[type]"], sent["event[tag_id]"]) == (id_, "sub_tag", "4")
    assert "data[n]" not in sent
    await settled(rig)
    (record,) = (await client.get("Webhooks"))["data"]
    assert (record["last_code"], record["last_payload"]) == ("200", received.body.decode())
    assert before <= int(record["last_hook"]) <= time.time()

    gone = await client.unsubscribe(id_)
    assert (gone["code"], gone["data"]) == (0, {"id": id_})
    assert (await client.get("Webhooks"))["data"] == []
    assert (await client.get("Webhook", id=id_))["code"] == 404
    assert (await client.unsubscribe(id_))["code"] == 404


async def test_json_is_sent_where_it_is_asked_for(rig: Rig) -> None:
    suite = rig.door.suite
    made = await rig.client.subscribe(suite.receiver.url, "sub_tag(4)", '{"content_type":"application/json"}')
    await rig.publish(made["data"]["id"], "e1")
    (received,) = await suite.receiver.until(1)
    assert json.loads(received.body)["data"]["firstname"] == "Zoë & Co"
    await settled(rig)
    (record,) = (await rig.client.get("Webhooks"))["data"]
    assert (record["data"], record["last_payload"]) == ('{"content_type":"application/json"}', received.body.decode())


async def test_what_is_made_over_grpc_is_shown(rig: Rig) -> None:
    suite = rig.door.suite
    made = await suite.subscribe("object_create(0)", url="https://example.com/", format="PAYLOAD_FORMAT_NOTIFY")
    (record,) = (await rig.client.get("Webhooks"))["data"]
    assert (record["id"], record["event"]) == (str(made.subscription.id), "object_create(0)")
    assert (record["data"], record["url"]) == ('{"format":"notify"}', "https://example.com/")


async def test_the_newest_attempt_is_told_of_each(rig: Rig) -> None:
    suite, client = rig.door.suite, rig.client
    good = (await client.subscribe(suite.receiver.url, "sub_tag(4)"))["data"]["id"]
    bad = (await client.subscribe(suite.receiver.url.replace("k=v", "k=bad"), "sub_tag"))["data"]["id"]
    suite.receiver.answer = lambda request: (500 if request.path.endswith("bad") else 204, "")
    await rig.publish(bad, "e1")
    await suite.until_delivery(lambda each: each.attempts > 3, target=_target(bad))
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, target=_target(good))
    codes = {each["id"]: each["last_code"] for each in (await client.get("Webhooks"))["data"]}
    assert codes == {good: "204", bad: "500"}
    kept = await client.get("Webhooks", condition='[{"field":{"field":"last_code"},"op":">=","value":{"value":"500"}}]')
    assert [each["id"] for each in kept["data"]] == [bad]


async def test_pages_as_the_client_walks_through_them(rig: Rig) -> None:
    suite, client = rig.door.suite, rig.client
    made = [
        (await suite.subscribe(f"sub_tag({tag})", url="https://example.com/")).subscription.id for tag in range(120)
    ]
    assert len((await client.get("Webhooks"))["data"]) == 50
    assert len((await client.get("Webhooks", range=200))["data"]) == 50
    count = int((await client.get("Webhooks/getInfo"))["data"]["count"])
    walked: list[str] = []
    while len(walked) < count:
        walked += [each["id"] for each in (await client.get("Webhooks", start=len(walked), range=50))["data"]]
    assert walked == [str(id_) for id_ in made]
    assert (await client.get("Webhooks", start=120))["data"] == []
    newest = await client.get("Webhooks", sort="id", sortDir="desc", range=2, listFields=["id", "event"])
    assert newest["data"] == [{"id": "120", "event": "sub_tag(119)"}, {"id": "119", "event": "sub_tag(118)"}]
    some = await client.get("Webhooks", ids=[3, 7, 999])
    assert [each["id"] for each in some["data"]] == ["3", "7"]
    condition = '[{"field":{"field":"id"},"op":"IN","value":{"list":[{"value":5},{"value":6}]}},"OR",'
    condition += '{"field":{"field":"event"},"op":"=","value":{"value":"sub_tag(9)"}}]'
    assert [each["id"] for each in (await client.get("Webhooks", condition=condition))["data"]] == ["5", "6", "10"]
    assert (await client.get("Webhooks/getInfo", condition=condition))["data"]["count"] == "3"
    assert (await client.get("Webhooks/getInfo", search="SUB_TAG(11"))["data"]["count"] == "11"


async def test_the_log(rig: Rig) -> None:
    suite, client = rig.door.suite, rig.client
    id_ = (await client.subscribe(suite.receiver.url, "sub_tag(4)"))["data"]["id"]
    answers = iter([500, 200, 200])
    suite.receiver.answer = lambda _: (next(answers), "")
    await rig.publish(id_, "e1")
    await settled(rig)
    await rig.publish(id_, "e2")
    await suite.receiver.until(3)
    await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED, event_id="e2")
    log = (await client.get("WebhookLogs"))["data"]
    assert [(each["code"], each["attempt"], each["outcome"]) for each in log] == [
        ("200", "1", "delivered"),
        ("200", "2", "delivered"),
        ("500", "1", "rejected"),
    ]
    assert {(each["webhook_id"], each["webhook_type"], each["event"]) for each in log} == {
        (id_, "subscription", "sub_tag")
    }
    bodies = [request.body.decode() for request in suite.receiver.received]
    assert [each["payload"] for each in log] == bodies[::-1]
    assert {each["response"] for each in log} == {"ok"}
    assert (await client.get("WebhookLogs/getInfo"))["data"]["count"] == "3"
    assert (await client.get("WebhookLogs", start=1, range=1))["data"] == log[1:2]
    assert (await client.get("WebhookLogs", ids=[log[2]["id"], log[0]["id"]]))["data"] == [log[0], log[2]]
    assert (await client.get("WebhookLogs", condition="code=500"))["data"] == [log[2]]
    assert (await client.get("WebhookLogs/getInfo", condition="code=500"))["data"]["count"] == "1"
    assert (await client.get("WebhookLogs", sort="id", sortDir="asc"))["data"] == log[::-1]
    assert (await client.get("WebhookLog", id=log[1]["id"]))["data"] == log[1]


@pytest.mark.parametrize("several, name", [("Webhooks", "Webhook"), ("WebhookLogs", "WebhookLog")])
async def test_meta_describes_what_is_shown(rig: Rig, several: str, name: str) -> None:
    ((_, kind),) = (await rig.client.get(f"{several}/meta"))["data"].items()
    assert kind["name"] == name
    assert all(each["alias"] and each["type"] for each in kind["fields"].values())
    assert list(kind["fields"]) == (await rig.client.get(f"{several}/getInfo"))["data"]["listFields"]


def _target(id_: str) -> dpb.TargetRef:
    return dpb.TargetRef(kind=dpb.TARGET_KIND_SUBSCRIPTION, id=int(id_))
