"""The JSON API over the real services: every way in which a request becomes an RPC, and every way to refuse it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from google.protobuf import json_format

from tests.contract.dispatcher.receiver import until
from tests.contract.gateway.rig import Door, door

NUMBER = 12345678901234567890123
EVENT = {
    "type": "sub_tag",
    "params": {"tag_id": "4"},
    "object_type_id": 0,
    "object_id": "8",
    "data": {"firstname": "Mary", "n": NUMBER},
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    async with door(tmp_path_factory.mktemp("door")) as made:
        yield made


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def made(rig: Door, **more: Any) -> dict[str, Any]:
    """A subscription made over HTTP."""
    body = {"subscription": {"event": "sub_tag(4)", "url": rig.suite.receiver.url, **more}}
    answer = await rig.http.post("/v1/subscriptions", json=body)
    assert answer.status_code == 200, answer.text
    rig.suite.revision = int(answer.json()["config_revision"])
    subscription: dict[str, Any] = answer.json()["subscription"]
    return subscription


async def test_a_subscription_is_made_read_changed_and_deleted(rig: Door) -> None:
    subscription = await made(rig)
    path = f"/v1/subscriptions/{subscription['id']}"
    read = await rig.http.get(path)
    assert read.json()["subscription"]["event"] == "sub_tag(4)"
    change = {"subscription": {"max_retries": 3}, "update_mask": "max_retries"}
    changed = await rig.http.patch(path, json=change, headers={"If-Match": read.headers["etag"]})
    assert changed.status_code == 200, changed.text
    assert changed.headers["etag"] != read.headers["etag"]
    stale = await rig.http.patch(path, json=change, headers={"If-Match": read.headers["etag"]})
    assert stale.status_code == 412, stale.text
    assert (await rig.http.delete(path)).status_code == 200
    gone = await rig.http.get(path)
    assert (gone.status_code, gone.json()["code"]) == (404, 5)


async def test_authentication_and_tls_are_json_like_the_rest(rig: Door) -> None:
    client = {"token_url": "https://login.example/token", "client_id": "hookline", "scopes": ["a"]}
    method = {"oauth2_client_credentials": {**client, "client_secret": "hunter2-hunter2"}}
    subscription = await made(rig, authentication=method)
    shown = subscription["authentication"]["oauth2_client_credentials"]
    assert {name: shown[name] for name in client} == client
    assert shown["client_secret"] == ""
    assert shown["token_endpoint_auth_method"] == "TOKEN_ENDPOINT_AUTH_METHOD_CLIENT_SECRET_BASIC"
    path = f"/v1/subscriptions/{subscription['id']}"
    changed = await rig.http.patch(path, json={"subscription": {"authentication": {"basic": {"username": "mary"}}}})
    assert (changed.status_code, "subscription.authentication.basic.password" in changed.text) == (400, True)
    changed = await rig.http.patch(path, json={"subscription": {}, "update_mask": "authentication"})
    assert "authentication" not in changed.json()["subscription"]
    wrong = {"subscription": {"tls": {"ca_certificates": "none"}, "url": "https://receiver.example/"}}
    refused = await rig.http.patch(path, json=wrong)
    assert "subscription.tls.ca_certificates" in refused.text
    assert (await rig.http.delete(path)).status_code == 200


@pytest.mark.parametrize("known", ['"{}"', 'W/"{}"', '"x", "{}"', "*"])
async def test_what_is_known_is_not_shown_again(rig: Door, known: str) -> None:
    path = f"/v1/subscriptions/{(await made(rig))['id']}"
    etag = (await rig.http.get(path)).headers["etag"]
    for method in ("GET", "HEAD"):
        answer = await rig.http.request(method, path, headers={"If-None-Match": known.format(etag.strip('"'))})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
    assert (await rig.http.get(path, headers={"If-None-Match": '"x"'})).status_code == 200
    assert (await rig.http.delete(path, headers={"If-None-Match": etag})).status_code == 200


async def test_if_match_goes_with_either_name_of_a_field(rig: Door) -> None:
    first = await rig.http.post("/v1/objectTypes", json={"object_type": {"name": "Boat"}})
    path = f"/v1/objectTypes/{first.json()['object_type']['id']}"
    change = {"objectType": {"name": "Ships"}, "updateMask": "name"}
    headers = {"If-Match": first.headers["etag"]}
    assert (await rig.http.patch(path, json=change, headers=headers)).status_code == 200
    assert (await rig.http.patch(path, json=change, headers=headers)).status_code == 412


async def test_what_is_tried_is_shown_or_refused_and_never_made(rig: Door) -> None:
    listed = (await rig.http.get("/v1/webhooks")).json()
    body = {"webhook": {"url": rig.suite.receiver.url, "data": "name=[First Name]"}, "validate_only": True}
    tried = await rig.http.post("/v1/webhooks", json=body)
    assert tried.status_code == 200, tried.text
    assert "etag" not in tried.headers
    shown = tried.json()
    assert (shown["webhook"]["id"], shown["webhook"]["etag"], shown["signing_secret"]) == ("0", "", "")
    assert shown["webhook"]["detected_content_type"] == "application/x-www-form-urlencoded"
    refused = await rig.http.post("/v1/webhooks", json={"webhook": {"url": "x"}, "validate_only": True})
    assert refused.status_code == 400
    (bad,) = (detail for detail in refused.json()["details"] if "field_violations" in detail)
    assert [each["field"] for each in bad["field_violations"]] == ["webhook.url"]
    assert (await rig.http.get("/v1/webhooks")).json() == listed


async def test_one_event_is_published_and_its_data_come_back_as_they_were(rig: Door) -> None:
    answer = await rig.http.post("/v1/events", json=EVENT)
    assert answer.status_code == 200, answer.text
    event_id = answer.json()["ack"]["event_id"]
    shown = (await rig.http.get(f"/v1/events/{event_id}")).json()["event"]["event"]
    assert shown["data"] == EVENT["data"]
    assert f'"n":{NUMBER}' in (await rig.http.get(f"/v1/events/{event_id}")).text
    listed = await rig.http.get("/v1/events", params={"object_id": "8", "page_size": "1"})
    assert len(listed.json()["events"]) == 1


async def test_what_is_large_is_written_beside_the_event_loop(rig: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    event = {**EVENT, "id": "large", "data": {"text": "x" * 100_000}}
    assert (await rig.http.post("/v1/events", json=event)).status_code == 200
    writing: set[int] = set()
    write = json_format.MessageToDict

    def noted(*given: Any, **more: Any) -> Any:
        writing.add(threading.get_ident())
        return write(*given, **more)

    monkeypatch.setattr(json_format, "MessageToDict", noted)
    assert (await rig.http.get("/v1/events/large")).json()["event"]["event"]["data"] == event["data"]
    assert writing
    assert threading.get_ident() not in writing


async def test_an_id_may_hold_a_slash_and_a_colon(rig: Door) -> None:
    assert (await rig.http.post("/v1/events", json={**EVENT, "id": "a/b:c"})).status_code == 200
    answer = await rig.http.get("/v1/events/a%2Fb%3Ac")
    assert answer.json()["event"]["event"]["id"] == "a/b:c"


async def test_nested_variables_and_repeated_parameters(rig: Door) -> None:
    subscription = await made(rig)
    await until(lambda: rig.suite.dispatcher.known_revision >= rig.suite.revision)
    path = f"/v1/targets/TARGET_KIND_SUBSCRIPTION/{subscription['id']}"
    assert (await rig.http.post(f"{path}:pause", json={"reason": "a rest"})).json()["target"]["state"] == (
        "TARGET_STATE_PAUSED"
    )
    assert (await rig.http.get(path)).json()["target"]["reason"] == "a rest"
    query = "states=DELIVERY_STATE_DEAD&states=2&target.kind=TARGET_KIND_SUBSCRIPTION&target.id=1&page_size=5"
    assert (await rig.http.get(f"/v1/deliveries?{query}")).status_code == 200
    assert (await rig.http.get("/v1/events?snapshots=true&objectTypeId=0")).status_code == 200


BAD: list[tuple[str, str, dict[str, Any], int, str]] = [
    # method, path, how, status, a field path or a reason
    ("GET", "/v1/nothing", {}, 404, "ROUTE_UNKNOWN"),
    ("PUT", "/v1/events", {"json": {}}, 405, "METHOD_NOT_ALLOWED"),
    ("GET", "/v1/events/%ff", {}, 400, "PATH_UNREADABLE"),
    ("GET", "/v1/subscriptions/x", {}, 400, "id"),
    ("GET", "/v1/subscriptions/99999", {}, 404, "NOT_FOUND"),
    ("GET", "/v1/subscriptions?page_size=x", {}, 400, "page_size"),
    ("GET", "/v1/subscriptions?page_size=1&page_size=2", {}, 400, "page_size"),
    ("GET", "/v1/subscriptions?nothing=1", {}, 400, "nothing"),
    ("GET", "/v1/deliveries?target=1", {}, 400, "target"),
    ("GET", "/v1/deliveries?states=WRONG", {}, 400, "states[0]"),
    ("GET", "/v1/deliveries?since_time=yesterday", {}, 400, "since_time"),
    ("GET", "/v1/events?snapshots=maybe", {}, 400, "snapshots"),
    ("GET", "/v1/subscriptions", {"content": b"{}"}, 400, "BODY_UNEXPECTED"),
    ("POST", "/v1/subscriptions?x=1", {"json": {}}, 400, "x"),
    ("POST", "/v1/subscriptions", {"data": {"url": "x"}}, 415, "CONTENT_TYPE_UNSUPPORTED"),
    (
        "POST",
        "/v1/subscriptions",
        {"json": {}, "headers": {"Content-Encoding": "gzip"}},
        415,
        "CONTENT_TYPE_UNSUPPORTED",
    ),
    ("POST", "/v1/subscriptions", {"content": b'{"subscription": {'}, 400, "JSON_UNREADABLE"),
    ("POST", "/v1/subscriptions", {"content": b'{"a":"\xff"}'}, 400, "JSON_UNREADABLE"),
    ("POST", "/v1/subscriptions", {"content": b'{"a":NaN}'}, 400, "JSON_UNREADABLE"),
    ("POST", "/v1/subscriptions", {"content": b"[" * 100_000}, 400, "JSON_UNREADABLE"),
    ("POST", "/v1/subscriptions", {"content": b"1" * 5000}, 400, "JSON_UNREADABLE"),
    ("POST", "/v1/subscriptions", {"content": b" " * (4 << 20) + b"{}"}, 413, "BODY_TOO_LARGE"),
    ("POST", "/v1/subscriptions", {"content": b"[]"}, 400, ""),
    ("POST", "/v1/subscriptions", {"content": b"7"}, 400, ""),
    ("POST", "/v1/subscriptions", {"json": {"subscription": {"event": 1}}}, 400, "subscription.event"),
    ("POST", "/v1/subscriptions", {"json": {"subscription": {"nope": 1}}}, 400, "subscription.nope"),
    ("POST", "/v1/subscriptions", {"json": {"subscription": [1]}}, 400, "subscription"),
    (
        "POST",
        "/v1/subscriptions",
        {"json": {"subscription": {"headers": [{"name": 1}]}}},
        400,
        "subscription.headers[0].name",
    ),
    (
        "POST",
        "/v1/subscriptions",
        {"json": {"subscription": {"event": "sub_tag", "url": "nope"}}},
        400,
        "subscription.url",
    ),
    ("PATCH", "/v1/subscriptions/1", {"json": {"subscription": {}}, "headers": {"If-Match": "x"}}, 400, "If-Match"),
    ("GET", "/v1/deliveries", {"headers": {"If-Match": '"x"'}}, 400, "If-Match"),
    ("POST", "/v1/events", {"json": {**EVENT, "data": "text"}}, 400, "data"),
    ("POST", "/v1/events", {"json": {**EVENT, "params": {"tag_id": 4}}}, 400, 'params["tag_id"]'),
    ("POST", "/v1/events", {"json": {**EVENT, "tags": "4"}}, 400, "tags"),
    ("POST", "/v1/events", {"json": {**EVENT, "object_type_id": 1 << 40}}, 400, "object_type_id"),
    ("POST", "/v1/events", {"content": b'{"type":"\\ud800"}'}, 400, "type"),
    ("POST", "/v1/events", {"content": b'{"data":{"a":"\\ud800"}}'}, 400, "data"),
    (
        "POST",
        "/v1/events",
        {"content": b"a=b", "headers": {"Content-Type": "text/plain"}},
        415,
        "CONTENT_TYPE_UNSUPPORTED",
    ),
    ("POST", "/v1/events?x=1", {"json": EVENT}, 400, "x"),
    ("POST", "/v1/events?minConfigRevision=-1", {"json": EVENT}, 400, "min_config_revision"),
    (
        "PATCH",
        "/v1/subscriptions/1",
        {"json": {"subscription": {"max_retries": 1, "maxRetries": 2}}},
        400,
        "subscription.maxRetries",
    ),
    ("POST", "/v1/events", {"json": [EVENT]}, 400, ""),
    ("POST", "/v1/events:publishBatch", {"json": {"events": [EVENT, {"data": 1}]}}, 400, "events[1].data"),
    (
        "POST",
        "/v1/events:publishBatch",
        {"json": {"events": [EVENT, {"occurred_time": 1}]}},
        400,
        "events[1].occurred_time",
    ),
    ("GET", "/v1/events:explain", {}, 405, "METHOD_NOT_ALLOWED"),
    ("GET", "/v1/accounts", {}, 403, "SCOPE_MISSING"),
    ("GET", "/v1/subscriptions", {"headers": {"Api-Key": "wrong"}}, 401, "KEY_INVALID"),
    ("GET", "/v1/subscriptions", {"headers": {"Api-Key": ""}}, 401, "KEY_MISSING"),
    ("GET", "/v1/subscriptions", {"headers": {"Api-Key": b"\xe4"}}, 401, "KEY_INVALID"),
    ("GET", "/v1/deliveries:watch?resume_token=x", {}, 400, "resume_token"),
    ("GET", "/v1/deliveries:watch", {"headers": {"Api-Key": "wrong"}}, 401, "KEY_INVALID"),
]


@pytest.mark.parametrize("method, path, how, status, told", BAD)
async def test_what_is_wrong_is_told_as_a_status_with_its_field_or_reason(
    rig: Door, method: str, path: str, how: dict[str, Any], status: int, told: str
) -> None:
    answer = await rig.http.request(method, path, **how)
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert set(body) == {"code", "message", "details"}
    assert "Traceback" not in answer.text
    reasons = {each.get("reason") for each in body["details"]}
    fields = {each["field"] for detail in body["details"] for each in detail.get("field_violations", [])}
    assert told in reasons | fields, body


async def test_a_stream_has_no_head(rig: Door) -> None:
    answer = await rig.http.head("/v1/deliveries:watch")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


async def test_an_operator_names_the_account(rig: Door) -> None:
    first = rig.suite.world.first
    keys = {"Api-Key": first.operator_key, "Api-Appid": first.operator_appid}
    asked = {"account_id": str(first.account_id)}
    assert (await rig.http.get("/v1/subscriptions", params=asked, headers=keys)).status_code == 200
    assert (await rig.http.get("/v1/subscriptions", headers=keys)).status_code == 400
    assert (await rig.http.get("/v1/accounts", headers=keys)).json()["accounts"][0]["id"] == str(first.account_id)
    other = await rig.http.get("/v1/subscriptions?account_id=77")
    assert (other.status_code, other.json()["code"]) == (403, 7)


async def test_a_definition_of_a_plugin_is_a_plain_object_both_ways(rig: Door) -> None:
    trigger = {"kind": "nothing_of_this_name", "name": "mine", "configuration": {"a": [1, NUMBER]}}
    answer = await rig.http.post("/v1/triggers", json={"trigger": trigger})
    assert answer.status_code == 400, answer.text
    assert "TRIGGER_SOURCE_MISSING" in answer.text
    assert "base64" not in answer.text


async def test_a_stream_of_outcomes_resumes_by_the_last_event_id(rig: Door) -> None:
    await made(rig)
    async with rig.http.stream("GET", "/v1/deliveries:watch") as watch:
        assert watch.headers["content-type"].startswith("text/event-stream")
        lines = watch.aiter_lines()
        token = await _next_id(lines)
        revision = rig.suite.revision
        ack = (await rig.http.post(f"/v1/events?min_config_revision={revision}", json=EVENT)).json()["ack"]
        assert ack["deliveries"] > 0
        assert await _next_id(lines) != token
    async with rig.http.stream("GET", "/v1/deliveries:watch", headers={"Last-Event-ID": token}) as again:
        lines = again.aiter_lines()
        async with asyncio.timeout(20):
            async for line in lines:
                if line.startswith("data:") and ack["event_id"] in line:
                    return
    raise AssertionError("what happened after the token was not told")


async def _next_id(lines: AsyncIterator[str]) -> str:
    async with asyncio.timeout(20):
        async for line in lines:
            if line.startswith("id: "):
                return line.removeprefix("id: ")
    raise AssertionError("the stream ended")
