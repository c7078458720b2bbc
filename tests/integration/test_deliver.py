"""From a published event to a signed request at a real receiver, with the real registry and dispatcher."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import parse_qs
from xml.etree import ElementTree

import pytest
from hookline.dispatcher.v1 import delivery_pb2 as dpb
from standardwebhooks import Webhook

from hookline_dispatcher.delivery.headers import USER_AGENT
from tests.contract.dispatcher.suite import running

NUMBER = "12345678901234567890123"


def _first_name(content_type: str, body: bytes) -> tuple[str, str]:
    """The first name and the long number that a body carries."""
    match content_type:
        case "application/json":
            data = json.loads(body)["data"]
            return data["firstname"], str(data["n"])
        case "application/xml":
            root = ElementTree.fromstring(body)
            return root.findtext("data/firstname") or "", root.findtext("data/n") or ""
        case "text/plain":
            lines = dict(line.split(": ", 1) for line in body.decode().splitlines())
            return lines["data.firstname"], lines["data.n"]
        case _:
            fields = parse_qs(body.decode(), strict_parsing=True)
            return fields["data[firstname]"][0], fields["data[n]"][0]


@pytest.mark.parametrize(
    "content_type", ["", "application/x-www-form-urlencoded", "application/json", "application/xml", "text/plain"]
)
async def test_an_event_becomes_a_signed_request(tmp_path: Path, content_type: str) -> None:
    async with running(tmp_path) as suite:
        made = await suite.subscribe(
            "sub_tag(4)", content_type=content_type, headers=[{"name": "X-Mine", "value": "1"}]
        )
        ack = await suite.publish("e1")
        assert (ack.event_id, ack.deliveries) == ("e1", 1)
        (request,) = await suite.receiver.until(1)
        Webhook(made.signing_secret).verify(request.body, request.headers, json_parse=False)
        assert request.path == "/hook?k=v"
        assert request.headers["user-agent"] == USER_AGENT
        assert request.headers["x-mine"] == "1"
        assert request.headers["content-type"].startswith(content_type or "application/x-www-form-urlencoded")
        assert _first_name(content_type, request.body) == ("Zoë & Co", NUMBER)
        delivery = await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)
        assert delivery.webhook_id == request.headers["webhook-id"]
        assert (delivery.attempts, delivery.last_status_code) == (1, 200)


async def test_a_failure_is_sent_again_with_the_same_id_and_body(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        made = await suite.subscribe()
        suite.receiver.answer = lambda _: (500 if len(suite.receiver.received) < 3 else 204, "")
        await suite.publish()
        requests = await suite.receiver.until(3)
        assert len({each.headers["webhook-id"] for each in requests}) == 1
        assert len({each.body for each in requests}) == 1
        for each in requests:
            Webhook(made.signing_secret).verify(each.body, each.headers, json_parse=False)
        delivery = await suite.until_delivery(lambda each: each.state == dpb.DELIVERY_STATE_DELIVERED)
        assert (delivery.attempts, delivery.last_status_code) == (3, 204)


async def test_the_same_event_is_delivered_once(tmp_path: Path) -> None:
    async with running(tmp_path) as suite:
        await suite.subscribe()
        acks = [await suite.publish("e1"), await suite.publish("e1")]
        assert [ack.duplicate for ack in acks] == [False, True]
        await suite.publish("e2")
        await suite.receiver.until(2)
        assert len({each.headers["webhook-id"] for each in suite.receiver.received}) == 2
        assert len(await suite.deliveries()) == 2
