"""Signing in to the console, what a session may do, and what keeps others from using it."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from hookline.registry.v1 import account_pb2

from tests.contract.gateway.rig import Door, door, gateway
from tests.integration.process import free_port

NAME = "hookline-session"
CONSOLE = {"x-hookline-console": "1", "sec-fetch-site": "same-origin"}
SEALING_KEY = base64.b64encode(bytes(range(32))).decode()
MADE = {"subscription": {"event": "sub_tag", "url": "https://example.com/hook"}}


@asynccontextmanager
async def browser(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a jar of cookies and no key."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        yield http


def first_key(rig: Door) -> dict[str, str]:
    first = rig.suite.world.first
    return {"api_key": first.api_key, "api_appid": first.api_appid}


def operator_key(rig: Door) -> dict[str, str]:
    first = rig.suite.world.first
    return {"api_key": first.operator_key, "api_appid": first.operator_appid}


def cookie_of(answer: httpx.Response) -> Morsel[str]:
    """The one cookie that an answer sets."""
    cookies = SimpleCookie(answer.headers["set-cookie"])
    (morsel,) = cookies.values()
    return morsel


def reason(answer: httpx.Response) -> str:
    assert "Traceback" not in answer.text
    told: str = answer.json()["details"][0]["reason"]
    return told


async def test_who_signs_in_acts_by_the_session_until_signing_out(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        assert reason(await http.get("/session")) == "SESSION_MISSING"
        assert reason(await http.get("/v1/subscriptions")) == "KEY_MISSING"
        made = await http.post("/session", json=first_key(rig))
        assert made.status_code == 200, made.text
        assert made.headers["cache-control"] == "no-store"
        who = made.json()
        first = rig.suite.world.first
        assert who["kind"] == "account"
        assert who["account_id"] == str(first.account_id)
        assert who["application_id"] == first.api_appid
        assert who["scopes"] == ["SCOPE_MANAGE", "SCOPE_PUBLISH", "SCOPE_READ"]
        account = (await rig.http.get("/v1/accounts/0")).json()["account"]
        assert (who["account_name"], who["plan"]) == (account["name"], account["plan"])
        assert who["features"] == account["features"]
        key = (await rig.http.get("/v1/caller")).json()["key"]
        assert (who["key_id"], who["key_name"]) == (key["id"], key["name"])

        assert (await http.get("/session")).json() == who
        subscribed = await http.post("/v1/subscriptions", json=MADE, headers=CONSOLE)
        assert subscribed.status_code == 200
        assert len((await http.get("/v1/subscriptions")).json()["subscriptions"]) == 1
        event = {"type": "sub_tag", "params": {"tag_id": "4"}, "object_id": "8"}
        known = {"min_config_revision": subscribed.json()["config_revision"]}
        published = await http.post("/v1/events", json=event, params=known, headers=CONSOLE)
        assert published.json()["ack"]["deliveries"] == 1
        async with http.stream("GET", "/v1/deliveries:watch", headers={"sec-fetch-site": "same-origin"}) as watch:
            assert watch.status_code == 200

        gone = await http.delete("/session", headers=CONSOLE)
        assert (gone.status_code, gone.content) == (204, b"")
        assert not http.cookies
        assert (await http.get("/v1/subscriptions")).status_code == 401
        assert (await http.delete("/session")).status_code == 204


async def test_the_cookie_is_out_of_reach_and_holds_nothing_to_read(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_session_hours=1.5) as rig, browser(rig.url) as http:
        made = await http.post("/session", json=first_key(rig))
        cookie = cookie_of(made)
        assert cookie.key == NAME
        assert cookie["httponly"]
        assert not cookie["secure"]
        assert cookie["samesite"].lower() == "strict"
        assert (cookie["path"], cookie["max-age"], cookie["domain"]) == ("/", "5400", "")
        opened = base64.urlsafe_b64decode(cookie.value + "==")
        for each in first_key(rig).values():
            assert each.encode() not in opened
        assert rig.suite.world.first.api_key not in made.text
        wrong = await http.get("/session", headers={"cookie": f"{NAME}={cookie.value[:-8]}AAAAAAAA"})
        assert (wrong.status_code, reason(wrong)) == (401, "SESSION_INVALID")
        # The name for TLS is not read where there is none: a page of another scheme could have set it.
        other = await http.get("/session", headers={"cookie": f"__Host-{NAME}={cookie.value}"})
        assert reason(other) == "SESSION_MISSING"


async def test_by_tls_the_cookie_is_for_tls_alone(tmp_path: Path) -> None:
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
    for proxies, by_tls in (("127.0.0.0/8", True), ("", False), ("203.0.113.0/24", False)):
        async with (
            door(tmp_path / f"with{proxies.replace('/', '-')}", gateway_trusted_proxies=proxies) as rig,
            browser(rig.url) as http,
        ):
            cookie = cookie_of(await http.post("/session", json=first_key(rig), headers=forwarded))
            assert cookie.key == (f"__Host-{NAME}" if by_tls else NAME)
            assert bool(cookie["secure"]) is by_tls
            shown = {"cookie": f"{cookie.key}={cookie.value}"}
            assert (await http.get("/session", headers=shown | forwarded)).status_code == 200
            host = rig.url.removeprefix("http://")
            for scheme in ("http", "https"):
                headers = shown | forwarded | {"x-hookline-console": "1", "origin": f"{scheme}://{host}"}
                answer = await http.post("/v1/subscriptions", json=MADE, headers=headers)
                assert answer.status_code == (200 if by_tls is (scheme == "https") else 403)


async def test_a_key_in_the_headers_goes_before_the_session(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        await http.post("/session", json=first_key(rig))
        operator = operator_key(rig)
        headers = {"Api-Key": operator["api_key"], "Api-Appid": operator["api_appid"]}
        assert (await http.get("/v1/caller", headers=headers)).json()["key"]["kind"] == "KEY_KIND_OPERATOR"
        for shown in ({"Api-Key": "wrong", "Api-Appid": "wrong"}, {"Api-Key": "wrong"}, {"Api-Appid": "x"}):
            assert (await http.get("/v1/caller", headers=shown)).status_code == 401
        # What a header proves no other site can send, so that nothing else is asked for.
        mine = {"Api-Key": first_key(rig)["api_key"], "Api-Appid": first_key(rig)["api_appid"]}
        assert (await http.post("/v1/subscriptions", json=MADE, headers=mine)).status_code == 200


@pytest.mark.parametrize("headers", [
    {}, {"x-hookline-console": "1"}, {"sec-fetch-site": "same-origin"},
    CONSOLE | {"sec-fetch-site": "cross-site"}, CONSOLE | {"origin": "https://evil.example"},
])  # fmt: skip
async def test_a_page_of_another_site_changes_nothing(tmp_path: Path, headers: dict[str, str]) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        await http.post("/session", json=first_key(rig))
        for method, path, body in (
            ("POST", "/v1/subscriptions", b'{"subscription":{"event":"sub_tag","url":"https://example.com/"}}'),
            ("POST", "/v1/events", b'{"type":"sub_tag","params":{"tag_id":"4"},"object_id":"8"}'),
            ("DELETE", "/session", b""),
        ):
            kind = {"content-type": "application/json"} if body else {}
            answer = await http.request(method, path, content=body, headers=headers | kind)
            assert (answer.status_code, reason(answer)) == (403, "FOREIGN_PAGE")
            assert "set-cookie" not in answer.headers
        lines = {"content-type": "application/x-ndjson"}
        answer = await http.post("/v1/events", content=b"{}\n", headers=headers | lines)
        assert (answer.status_code, reason(answer)) == (403, "FOREIGN_PAGE")
        assert (await rig.http.get("/v1/subscriptions")).json()["subscriptions"] == []


async def test_a_page_of_another_site_reads_nothing(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        await http.post("/session", json=first_key(rig))
        for path in ("/session", "/v1/subscriptions", "/v1/deliveries:watch"):
            for site in ("cross-site", "same-site"):
                answer = await http.get(path, headers={"sec-fetch-site": site})
                assert (answer.status_code, reason(answer)) == (403, "FOREIGN_PAGE")


async def test_ontraports_api_knows_no_session(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        await http.post("/session", json=first_key(rig))
        for method, path in (("GET", "/1/Webhooks"), ("POST", "/1/Webhook/subscribe")):
            assert (await http.request(method, path, headers=CONSOLE)).status_code == 401


async def test_an_operators_session_names_the_account(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        who = (await http.post("/session", json=operator_key(rig))).json()
        assert (who["kind"], who["account_id"], who["plan"], who["features"]) == ("operator", "0", None, None)
        assert "SCOPE_ADMIN" in who["scopes"]
        account_id = rig.suite.world.first.account_id
        made = await http.post("/v1/subscriptions", json=MADE | {"account_id": account_id}, headers=CONSOLE)
        assert made.status_code == 200
        listed = await http.get("/v1/subscriptions", params={"account_id": account_id})
        assert len(listed.json()["subscriptions"]) == 1
        assert (await http.get("/v1/subscriptions")).status_code == 400


async def test_a_session_ends_with_its_key(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        asked = account_pb2.CreateKeyRequest(name="for a test", scopes=[account_pb2.SCOPE_PUBLISH])
        made = await rig.suite.world.user.CreateKey(asked)
        key = {"api_key": made.secret, "api_appid": made.key.application_id}
        who = (await http.post("/session", json=key)).json()
        assert (who["key_name"], who["scopes"]) == ("for a test", ["SCOPE_PUBLISH"])
        assert (await http.get("/v1/subscriptions")).status_code == 403
        await rig.suite.world.user.RevokeKey(account_pb2.RevokeKeyRequest(id=made.key.id))
        for path in ("/session", "/v1/caller"):
            answer = await http.get(path)
            assert (answer.status_code, reason(answer)) == (401, "KEY_REVOKED")


async def test_a_sealing_key_that_is_set_outlives_the_gateway(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_session_key=SEALING_KEY) as rig, browser(rig.url) as http:
        cookie = cookie_of(await http.post("/session", json=first_key(rig)))
        shown = {"cookie": f"{cookie.key}={cookie.value}"}
        ports = rig.suite.world.registry.port, rig.suite.dispatcher.port
        for key, status in ((SEALING_KEY, 200), (None, 401)):
            async with gateway(*ports, gateway_session_key=key) as again:
                answer = await http.get(f"http://127.0.0.1:{again.port}/session", headers=shown)
                assert answer.status_code == status


async def test_wrong_keys_from_one_address_are_bounded(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_wrong_sign_ins_per_minute=3) as rig, browser(rig.url) as http:
        good = first_key(rig)
        for _ in range(4):
            assert (await http.post("/session", json=good)).status_code == 200
        for wrong in (good | {"api_key": "x"}, good | {"api_appid": "x"}, good | {"api_key": "ä"}):
            answer = await http.post("/session", json=wrong)
            assert (answer.status_code, reason(answer)) == (401, "KEY_INVALID")
            assert "set-cookie" not in answer.headers
        refused = await http.post("/session", json=good)
        assert (refused.status_code, reason(refused)) == (429, "RATE_LIMIT")
        assert 1 <= int(refused.headers["retry-after"]) <= 60


@pytest.mark.parametrize("body, kind, status, names", [
    (b"", "application/json", 400, "JSON"), (b"{", "application/json", 400, "JSON"),
    (b"[]", "application/json", 400, "object"),
    (b"{}", "application/json", 400, "api_key"), (b'{"api_key":"a"}', "application/json", 400, "api_appid"),
    (b'{"api_key":"a","api_appid":5}', "application/json", 400, "api_appid"),
    (b'{"api_key":" ","api_appid":"b"}', "application/json", 400, "api_key"),
    (b'{"api_key":"a","api_appid":"b","x":1}', "application/json", 400, "x"),
    (b"[" * 4000, "application/json", 400, "deep"), (b'{"api_key":"' + b"a" * 5000, "application/json", 413, "4096"),
    (b"api_key=a&api_appid=b", "application/x-www-form-urlencoded", 415, "json"),
    (b'{"api_key":"a","api_appid":"b"}', "text/plain", 415, "json"),
    (b'{"api_key":"a","api_appid":"b"}', "", 415, "json"),
])  # fmt: skip
async def test_what_is_no_sign_in(body: bytes, kind: str, status: int, names: str) -> None:
    async with gateway(free_port(), free_port()) as made, browser(f"http://127.0.0.1:{made.port}") as http:
        answer = await http.post("/session", content=body, headers={"content-type": kind} if kind else {})
        assert answer.status_code == status
        assert names in answer.json()["message"]


async def test_a_form_of_another_site_signs_nobody_in(tmp_path: Path) -> None:
    async with door(tmp_path) as rig, browser(rig.url) as http:
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}):
            answer = await http.post("/session", json=first_key(rig), headers=headers)
            assert (answer.status_code, reason(answer)) == (403, "FOREIGN_PAGE")
        assert not http.cookies


async def test_with_the_registry_away_nobody_is_wrong() -> None:
    key: dict[str, Any] = {"api_key": "a", "api_appid": "b"}
    async with (
        gateway(free_port(), free_port(), gateway_wrong_sign_ins_per_minute=1) as made,
        browser(f"http://127.0.0.1:{made.port}") as http,
    ):
        for _ in range(2):
            answer = await http.post("/session", json=key)
            assert (answer.status_code, reason(answer)) == (503, "REGISTRY_AWAY")


async def test_no_answer_of_an_api_is_a_page(tmp_path: Path) -> None:
    async with door(tmp_path) as rig:
        for path in ("/session", "/v1/subscriptions", "/1/Webhooks", "/nothing", "/openapi.json", "/healthz"):
            headers = (await rig.http.get(path)).headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
