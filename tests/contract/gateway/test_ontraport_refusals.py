"""What the original's API refuses, and in which words: never a traceback, and nothing of another account."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hookline.registry.v1 import account_pb2

from hookline_gateway.ontraport.door import MOST_BYTES
from tests.contract.gateway.rig import Door, door

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
URL = "https://example.com/hook"
RATE = ("x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset")
Header = dict[str, str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with door(tmp_path_factory.mktemp("door"), gateway_requests_per_minute=100_000) as made:
        yield made


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def key(door: Door, *scopes: account_pb2.Scope.ValueType, account_id: int = 0) -> Header:
    """Headers with a key of the first account, or of another one."""
    account_id = account_id or door.suite.world.first.account_id
    asked = account_pb2.CreateKeyRequest(account_id=account_id, name="for a test", scopes=scopes)
    made = await door.suite.world.operator.CreateKey(asked)
    return {"Api-Key": made.secret, "Api-Appid": made.key.application_id}


async def other_account(door: Door) -> Header:
    """Headers with a key of an account that is not the first."""
    account = account_pb2.Account(name="another", plan=account_pb2.PLAN_BASIC)
    made = await door.suite.world.operator.CreateAccount(account_pb2.CreateAccountRequest(account=account))
    return await key(door, account_pb2.SCOPE_MANAGE, account_pb2.SCOPE_READ, account_id=made.account.id)


def told(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The body of a refusal, once everything about it is as it has to be."""
    document: dict[str, Any] = answer.json()
    assert answer.status_code == status, document
    assert (document["code"], document["data"]) == (status, None)
    assert document["error"]
    assert "Traceback" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == JSON
    return document


@pytest.mark.parametrize(
    "method, path, status",
    [
        ("GET", "/1/Contacts", 404), ("GET", "/1/", 404), ("GET", "/1/webhooks", 404), ("GET", "/1/Webhooks/", 404),
        ("GET", "/1/Webhooks/meta/x", 404), ("GET", "/1/%00", 404),
        ("POST", "/1/Webhooks", 405), ("PUT", "/1/Webhook", 405), ("GET", "/1/Webhook/subscribe", 405),
        ("DELETE", "/1/WebhookLogs", 405), ("PATCH", "/1/Webhook/unsubscribe", 405), ("PROPFIND", "/1/Webhooks", 405),
        ("PROPFIND", "/1/Contacts", 404),
    ],
)  # fmt: skip
async def test_no_such_route_or_method(shared: Door, method: str, path: str, status: int) -> None:
    answer = await shared.http.request(method, path)
    told(answer, status)
    assert ("allow" in answer.headers) is (status == 405)


@pytest.mark.parametrize("method, body, type_, status, names", [
    ("POST", b"", FORM, 400, "event"),
    ("POST", b"event=sub_tag(4)", FORM, 400, "url"),
    ("POST", b"url=https://example.com/", FORM, 400, "event"),
    ("POST", b'{"event":["sub_tag"],"url":"https://example.com/"}', JSON, 400, "event"),
    ("POST", b'{"event":"sub_tag","url":', JSON, 400, "JSON"),
    ("POST", b'{"a":' * 20_000, JSON, 400, "JSON"),
    ("POST", b"[]", JSON, 400, "JSON"),
    ("POST", b"event=%ff", FORM, 400, "UTF-8"),
    ("POST", b"<event/>", "application/xml", 415, "form"),
    ("POST", b"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415, "form"),
    ("POST", b"event=no_such_event&url=https://example.com/", FORM, 422, "event"),
    ("POST", b"event=sub_tag(x)&url=https://example.com/", FORM, 422, "event"),
    ("POST", b"event=sub_tag&url=ftp://example.com/", FORM, 422, "url"),
    ("POST", b"event=sub_tag&url=http://127.1.2.3.4/", FORM, 422, "url"),
    ("POST", b"event=sub_tag&url=http://10.0.0.1/", FORM, 422, "url"),
    ("POST", b"event=sub_tag&url=https://example.com/%00", FORM, 422, "url"),
    ("POST", b"event=sub_tag&url=https://example.com/" + b"a" * 4000, FORM, 422, "url"),
    ("POST", b"event=sub_tag&url=https://example.com/&data=lightweight", FORM, 422, "data"),
    ("POST", b'event=sub_tag&url=https://example.com/&data={"content_type":"image/png"}', FORM, 422, "content_type"),
    ("DELETE", b"", FORM, 400, "id"),
    ("DELETE", b"id=x", FORM, 400, "id"),
    ("DELETE", b'{"id":1.5}', JSON, 400, "id"),
    ("DELETE", b'{"id":true}', JSON, 400, "id"),
    ("DELETE", b'{"id":[1]}', JSON, 400, "id"),
    ("DELETE", b"id=0", FORM, 404, "Webhook 0"),
    ("DELETE", b"id=99999999999999999999999", FORM, 404, "Webhook 9999"),
])  # fmt: skip
async def test_bodies_that_are_refused(
    shared: Door, method: str, body: bytes, type_: str, status: int, names: str
) -> None:
    path = "/1/Webhook/subscribe" if method == "POST" else "/1/Webhook/unsubscribe"
    answer = await shared.http.request(method, path, content=body, headers={"content-type": type_})
    assert names in told(answer, status)["error"]
    assert all(name in answer.headers for name in RATE)


@pytest.mark.parametrize("query, status", [
    ("Webhook", 400), ("Webhook?id=", 400), ("Webhook?id=x", 400), ("Webhook?id=-1", 400), ("Webhook?id=0", 404),
    ("Webhook?id=999", 404), ("Webhook?id=9223372036854775808", 404), ("WebhookLog?id=999999", 404),
    ("WebhookLog", 400), ("Webhooks?start=-1", 400), ("Webhooks?range=x", 400), ("Webhooks?sort=secret", 400),
    ("Webhooks?sortDir=up", 400), ("Webhooks?listFields=secret", 400), ("Webhooks?ids=1,x", 400),
    ("Webhooks?condition=[", 400), ("Webhooks?condition=secret=1", 400), ("Webhooks/getInfo?condition={}", 400),
    ("WebhookLogs?sort=secret", 400), ("WebhookLogs?sort=payload", 400), ("WebhookLogs?condition=response=1", 400),
    ("WebhookLogs?search=" + "x" * 300, 400), ("Webhooks?id=%ff", 400),
])  # fmt: skip
async def test_queries_that_are_refused(shared: Door, query: str, status: int) -> None:
    told(await shared.http.get(f"/1/{query}"), status)


@pytest.mark.parametrize("query", [
    "Webhooks?start=99999999999999", "Webhooks?range=0", "Webhooks?range=99999999", "Webhooks?unknown=1&objectID=0",
    "WebhookLogs?start=99999999999", "Webhooks?ids=", "Webhooks?", "Webhooks?search=%25%00", "WebhookLogs?ids=5,6",
])  # fmt: skip
async def test_queries_that_are_odd_and_answered(shared: Door, query: str) -> None:
    answer = await shared.http.get(f"/1/{query}")
    assert (answer.status_code, answer.json()["code"]) == (200, 0)


async def test_a_huge_body_is_too_large(shared: Door) -> None:
    answer = await shared.http.post("/1/Webhook/subscribe", content=b"event=" + b"x" * (5 << 20))
    told(answer, 413)


async def test_a_body_that_would_hold_up_everybody_is_too_large(shared: Door) -> None:
    ids = "&".join(f"ids%5B{number}%5D={10**18 + number}" for number in range(1000))
    assert len(ids) < MOST_BYTES
    headers = {"content-type": FORM}
    assert (await shared.http.request("GET", "/1/Webhooks", content=ids, headers=headers)).status_code == 200
    told(
        await shared.http.post("/1/Webhook/subscribe", content="a=" + "%41" * (MOST_BYTES // 3 + 1), headers=headers),
        413,
    )


async def test_a_body_that_ends_early_is_no_accident(shared: Door) -> None:
    headers = "".join(f"{name}: {value}\r\n" for name, value in shared.http.headers.items() if name.startswith("api"))
    reader, writer = await asyncio.open_connection("127.0.0.1", shared.gateway.port)
    head = f"POST /1/Webhook/subscribe HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: 100\r\n\r\nevent="
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await reader.read()
    assert (await shared.http.get("/1/Webhooks/meta")).status_code == 200


@pytest.mark.parametrize("api_key, appid", [
    (None, None), ("", ""), ("wrong", None), (None, "wrong"), ("wrong", "wrong"), ("ä", "wrong"), ("x" * 5000, "x"),
])  # fmt: skip
@pytest.mark.parametrize("path", ["Webhooks", "Webhooks/meta", "WebhookLogs/getInfo"])
async def test_a_wrong_key(shared: Door, path: str, api_key: str | None, appid: str | None) -> None:
    first = shared.suite.world.first
    headers = {
        b"api-key": (first.api_key if api_key is None and appid else api_key or "").encode(),
        b"api-appid": (first.api_appid if appid is None and api_key else appid or "").encode(),
    }
    answer = await shared.http.get(f"/1/{path}", headers=headers)
    assert "account_id" not in told(answer, 401)
    assert "x-rate-limit-limit" not in answer.headers


async def test_a_key_without_the_scope(shared: Door) -> None:
    reader = await key(shared, account_pb2.SCOPE_READ)
    form = {"event": "sub_tag", "url": URL}
    assert '"manage"' in told(await shared.http.post("/1/Webhook/subscribe", data=form, headers=reader), 403)["error"]
    assert told(await shared.http.delete("/1/Webhook/unsubscribe?id=1", headers=reader), 403)
    assert (await shared.http.get("/1/Webhooks", headers=reader)).status_code == 200
    publisher = await key(shared, account_pb2.SCOPE_PUBLISH)
    assert '"read"' in told(await shared.http.get("/1/Webhooks", headers=publisher), 403)["error"]


async def test_an_operators_key_acts_for_no_account(shared: Door) -> None:
    first = shared.suite.world.first
    headers = {"Api-Key": first.operator_key, "Api-Appid": first.operator_appid}
    assert "operator" in told(await shared.http.get("/1/Webhooks", headers=headers), 403)["error"]


async def test_another_accounts_ids_are_nobodys(shared: Door) -> None:
    mine = (await shared.http.post("/1/Webhook/subscribe", data={"event": "sub_tag", "url": URL})).json()["data"]["id"]
    other = await other_account(shared)
    for method, path in (("GET", "Webhook"), ("DELETE", "Webhook/unsubscribe"), ("GET", "WebhookLog")):
        theirs = await shared.http.request(method, f"/1/{path}?id={mine}", headers=other)
        none = await shared.http.request(method, f"/1/{path}?id=77777", headers=other)
        assert told(theirs, 404) == {**told(none, 404), "error": told(none, 404)["error"].replace("77777", mine)}
    assert (await shared.http.get(f"/1/Webhooks?ids={mine}", headers=other)).json()["data"] == []
    assert (await shared.http.get(f"/1/Webhook?id={mine}")).status_code == 200


async def test_what_the_plan_does_not_have(shared: Door) -> None:
    other = await other_account(shared)
    form = {"event": "object_create(10000)", "url": URL}
    document = told(await shared.http.post("/1/Webhook/subscribe", data=form, headers=other), 403)
    assert "PRO" in document["error"]


async def test_too_many_requests(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_requests_per_minute=3) as made:
        answers = [await made.http.get("/1/Webhooks/meta") for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert [each.headers["x-rate-limit-remaining"] for each in answers] == ["2", "1", "0", "0"]
        assert {each.headers["x-rate-limit-limit"] for each in answers} == {"3"}
        assert all(1 <= int(each.headers["x-rate-limit-reset"]) <= 60 for each in answers)
        assert answers[3].headers["retry-after"] == answers[3].headers["x-rate-limit-reset"]
        told(answers[3], 429)
        other = await other_account(made)
        assert (await made.http.get("/1/Webhooks", headers=other)).status_code == 200
        assert (await made.http.get("/1/Webhooks", headers={"api-key": "wrong"})).status_code == 401


async def test_how_many_requests_a_minute_has_is_the_plans(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_requests_per_minute=5, gateway_requests_per_minute_pro=2) as made:
        assert (await made.http.get("/1/Webhooks/meta")).headers["x-rate-limit-limit"] == "2"
        other = await other_account(made)
        assert (await made.http.get("/1/Webhooks/meta", headers=other)).headers["x-rate-limit-limit"] == "5"


async def test_services_that_are_away(tmp_path: Path) -> None:
    async with door(tmp_path) as made:
        form = {"event": "sub_tag", "url": URL}
        assert (await made.http.post("/1/Webhook/subscribe", data=form)).status_code == 200
        await made.suite.dispatcher.stop()
        for path in ("Webhooks", "WebhookLogs", "WebhookLogs/getInfo"):
            answer = await made.http.get(f"/1/{path}")
            assert "dispatcher" in told(answer, 503)["error"]
            assert answer.headers["retry-after"] == "1"
        assert (await made.http.get("/1/Webhooks?listFields=id,event")).status_code == 200
        await made.suite.world.registry.stop(0)
        for path in ("Webhooks", "Webhooks/getInfo", "Webhook?id=1"):
            assert "registry" in told(await made.http.get(f"/1/{path}"), 503)["error"]
        stranger = {"api-key": "another", "api-appid": "key"}
        assert "registry" in told(await made.http.get("/1/Webhooks", headers=stranger), 503)["error"]
        assert (await made.http.get("/1/Webhooks/meta")).status_code == 200
