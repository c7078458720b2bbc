"""Where parameters may stand: in the query, in a form or in JSON, whatever the method and whoever the client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from hookline_dispatcher.api import log_service
from tests.contract.gateway.rig import Door, door

URL = "https://example.com/hook"
FORM, JSON = {"content-type": "application/x-www-form-urlencoded"}, {"content-type": "application/json"}

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with door(tmp_path_factory.mktemp("door")) as made:
        yield made


async def subscribed(shared: Door, **sent: Any) -> str:
    answer = await shared.http.post("/1/Webhook/subscribe", **sent)
    assert (answer.status_code, answer.json()["code"]) == (200, 0), answer.text
    record = answer.json()["data"]
    assert (record["event"], record["url"], record["data"]) == ("sub_tag(4)", URL, '{"format":"notify"}')
    return str(record["id"])


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"event": "sub_tag(4)", "url": URL, "data": '{"format":"notify"}'}},
        {"data": {"event": "sub_tag(4)", "url": URL, "data[format]": "notify"}},
        {"json": {"event": "sub_tag(4)", "url": URL, "data": '{"format":"notify"}'}},
        {"json": {"event": "sub_tag(4)", "url": URL, "data": {"format": "notify"}}},
        {"params": {"event": "sub_tag(4)", "url": URL, "data": '{"format":"notify"}'}},
        {"params": {"event": "sub_tag(4)"}, "data": {"url": URL, "data": '{"format":"notify"}'}},
        {"content": f'{{"event":"sub_tag(4)","url":"{URL}","data":{{"format":"notify"}}}}'.encode(), "headers": FORM},
        {"content": f'{{"event":"sub_tag(4)","url":"{URL}","data":{{"format":"notify"}}}}'.encode()},
    ],
)
async def test_subscribing(shared: Door, sent: dict[str, Any]) -> None:
    await subscribed(shared, **sent)


@pytest.mark.parametrize("method", ["DELETE", "POST"])
@pytest.mark.parametrize(
    "query, body, headers",
    [
        ("?id={id}", "", {}),
        ("", "id={id}", FORM),
        ("", "id={id}", {}),
        ("", '{{"id":{id}}}', JSON),
        ("", '{{"id":"{id}"}}', JSON),
        ("?id=7777", '{{"id":{id}}}', JSON),
    ],
)
async def test_unsubscribing(shared: Door, method: str, query: str, body: str, headers: dict[str, str]) -> None:
    id_ = await subscribed(shared, data={"event": "sub_tag(4)", "url": URL, "data[format]": "notify"})
    path = f"/1/Webhook/unsubscribe{query.format(id=id_)}"
    answer = await shared.http.request(method, path, content=body.format(id=id_), headers=headers)
    assert answer.json() == {"code": 0, "data": {"id": id_}, "account_id": shared.suite.world.first.account_id}
    assert (await shared.http.get(f"/1/Webhook?id={id_}")).status_code == 404


@pytest.mark.parametrize("body, headers", [('{"ids":[%s]}', JSON), ('{"ids":"%s"}', JSON), ("ids=%s", FORM)])
async def test_a_get_may_have_a_body(shared: Door, body: str, headers: dict[str, str]) -> None:
    id_ = await subscribed(shared, data={"event": "sub_tag(4)", "url": URL, "data[format]": "notify"})
    answer = await shared.http.request("GET", "/1/Webhooks", content=body % id_, headers=headers)
    assert [each["id"] for each in answer.json()["data"]] == [id_]


async def test_large_payloads_come_in_several_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_service, "PAGE_BYTES", 2)
    async with door(tmp_path, gateway_requests_per_minute=100_000) as rig:
        for _ in range(3):
            await rig.suite.subscribe()
        await rig.suite.publish("e0")
        received = await rig.suite.receiver.until(3)
        async with asyncio.timeout(30):
            while (await rig.http.get("/1/WebhookLogs/getInfo")).json()["data"]["count"] != "3":
                pass
        shown = (await rig.http.get("/1/Webhooks")).json()["data"]
        logged = (await rig.http.get("/1/WebhookLogs")).json()["data"]
        sent = sorted(each.body.decode() for each in received)
        assert sorted(each["last_payload"] for each in shown) == sorted(each["payload"] for each in logged) == sent
