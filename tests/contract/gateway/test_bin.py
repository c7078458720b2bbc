"""The request bin over a real registry: made, sent to, looked at, watched, changed, and abused."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from hookline.registry.v1 import account_pb2
from openapi_schema_validator import OAS31Validator
from standardwebhooks.webhooks import Webhook

from hookline_gateway.json_api.operations import operations, publishing
from hookline_gateway.ontraport.offers import OFFERS
from hookline_gateway.openapi.document import document
from hookline_gateway.openapi.request_bins import with_bins
from tests.contract.gateway.rig import Door, door, gateway
from tests.integration.process import free_port

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
DOCUMENT = with_bins(document((*operations(), publishing()), OFFERS))
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Door]:
    folder = tmp_path_factory.mktemp("door")
    more = {"gateway_body_kilobytes": 1024, "gateway_body_seconds": 1.0}
    async with door(folder, gateway_bin=True, gateway_data=folder / "bins", **more) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="module")
async def stranger(rig: Door) -> AsyncIterator[httpx.AsyncClient]:
    """Who knows URLs and no key."""
    async with httpx.AsyncClient(base_url=rig.url, verify=False, trust_env=False, timeout=30) as http:
        yield http


@pytest_asyncio.fixture(loop_scope="module")
async def url(rig: Door) -> AsyncIterator[str]:
    """The path of a new bin."""
    path = f"/bin/{(await made(rig))['id']}"
    yield path
    await rig.http.delete(path)


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def made(rig: Door, **body: Any) -> dict[str, Any]:
    answer = await rig.http.post("/bin", json=body)
    assert answer.status_code == 201, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def requests(http: httpx.AsyncClient, url: str) -> list[dict[str, Any]]:
    answer = await http.get(f"{url}/requests")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["requests"]
    return found


def signed(body: bytes, secret: str = SECRET, off: int = 0) -> dict[str, str]:
    when = int(time.time()) + off
    signature = Webhook(secret).sign("msg_1", datetime.fromtimestamp(when, UTC), body.decode())
    return {"webhook-id": "msg_1", "webhook-timestamp": str(when), "webhook-signature": signature}


def reason(answer: httpx.Response) -> str:
    told: str = answer.json()["details"][0]["reason"]
    return told


async def test_a_bin_is_made_by_a_key_and_its_secret_is_never_shown(rig: Door) -> None:
    answer = await rig.http.post("/bin", json={"signing_secret": SECRET}, headers={"Host": "hooks.example:81"})
    document = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert document["url"] == f"http://hooks.example:81/bin/{document['id']}"
    assert (document["status"], document["has_secret"]) == (200, True)
    left = datetime.fromisoformat(document["expires_time"]) - datetime.now(UTC)
    assert 86_000 < left.total_seconds() <= 86_400
    shown = await rig.http.get(f"/bin/{document['id']}/requests")
    assert shown.json()["bin"]["has_secret"] is True
    assert SECRET not in answer.text + shown.text
    assert (await rig.http.post("/bin", headers={"Host": "evil/<x>"})).json()["url"].startswith(f"{rig.url}/bin/")


async def test_without_a_key_there_is_no_bin(rig: Door, stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post("/bin")
    assert (answer.status_code, reason(answer)) == (401, "KEY_MISSING")
    answer = await stranger.post("/bin", headers={"Api-Key": "no", "Api-Appid": "such"})
    assert answer.status_code == 401
    assert (await stranger.get("/bin")).status_code == 405


@pytest.mark.parametrize(
    "body, field",
    [
        ({"signing_secret": "x"}, "signing_secret"),
        ({"signing_secret": "whsec_äöü"}, "signing_secret"),
        ({"signing_secret": 7}, "signing_secret"),
        ({"signing_secret": "whsec_" + "A" * 1000}, "signing_secret"),
        ({"secret": SECRET}, "secret"),
        ([], ""),
    ],
)
async def test_what_no_bin_can_be_made_of(rig: Door, body: Any, field: str) -> None:
    answer = await rig.http.post("/bin", json=body)
    assert answer.status_code == 400
    (violation,) = answer.json()["details"][1]["field_violations"]
    assert violation["field"] == field
    assert SECRET not in answer.text


async def test_whatever_comes_is_kept_with_all_of_it(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    sent = [("X-B", "2"), ("X-A", "1"), ("X-B", "3"), ("Cookie", "session=s3cret")]
    form = b"name=Zo%C3%AB+%26&empty=&name=2"
    kind = ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    answer = await stranger.request("PATCH", f"{url}/a%2Fb/?q=1&q=%20", content=form, headers=[*sent, kind])
    assert (answer.status_code, answer.json()) == (200, {"number": 1})
    (kept,) = await requests(stranger, url)
    assert (kept["method"], kept["path"], kept["query"]) == ("PATCH", f"{url}/a%2Fb/", "q=1&q=%20")
    headers = [tuple(each) for each in kept["headers"]]
    shown = [each for each in headers if each[0] in ("x-a", "x-b", "cookie")]
    assert shown == [("x-b", "2"), ("x-a", "1"), ("x-b", "3"), ("cookie", "(not kept)")]
    assert (kept["body"], kept["body_encoding"], kept["size"]) == (form.decode(), "utf-8", len(form))
    assert kept["form"] == [["name", "Zoë &"], ["empty", ""], ["name", "2"]]
    assert (kept["json"], kept["cut"], kept["complete"]) == (None, [], True)
    assert kept["signature"]["verdict"] == "none"


async def test_json_is_shown_digit_for_digit_and_binary_in_base64(
    rig: Door, stranger: httpx.AsyncClient, url: str
) -> None:
    number = b'{"n": 123456789012345678901234567890, "f": 1.10}'
    deep = b"[" * 900 + b"]" * 900
    binary = bytes(range(256))
    for body, kind in ((number, "application/json"), (deep, "application/x+json"), (binary, "text/html"), (b"{", "")):
        assert (await stranger.post(url, content=body, headers={"Content-Type": kind})).status_code == 200
    broken, unreadable, nested, exact = await requests(stranger, url)
    assert exact["json"]["n"] == 123456789012345678901234567890
    assert nested["json"] is not None
    assert base64.b64decode(unreadable["body"]) == binary
    assert unreadable["body_encoding"] == "base64"
    assert broken["json"] is None
    listed = await stranger.get(f"{url}/requests")
    assert listed.headers["content-type"] == "application/json"
    assert listed.headers["x-content-type-options"] == "nosniff"


async def test_what_is_large_is_decoded_beside_the_event_loop(
    stranger: httpx.AsyncClient, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stranger.post(url, json=["x"] * 30_000)
    decoding: set[int] = set()
    decode = orjson.loads

    def noted(text: bytes) -> Any:
        decoding.add(threading.get_ident())
        return decode(text)

    monkeypatch.setattr(orjson, "loads", noted)
    assert (await requests(stranger, url))[0]["json"] == ["x"] * 30_000
    assert decoding
    assert threading.get_ident() not in decoding


async def test_a_signature_is_told_apart_from_its_time(rig: Door, stranger: httpx.AsyncClient) -> None:
    path = f"/bin/{(await made(rig, signing_secret=SECRET))['id']}"
    body = b'{"a": 1}'
    for headers in (signed(body), signed(body, OTHER), signed(body, off=-900), {}, signed(b"{}")):
        await stranger.post(path, content=body, headers=headers)
    kept = list(reversed(await requests(stranger, path)))
    told = [(each["signature"]["verdict"], each["signature"]["in_time"]) for each in kept]
    assert told == [("verified", True), ("wrong", True), ("verified", False), ("none", None), ("wrong", True)]
    assert 899 <= kept[2]["signature"]["seconds_off"] <= 930
    assert [each["webhook_id"] for each in kept] == ["msg_1", "msg_1", "msg_1", None, "msg_1"]
    assert [each["attempt"] for each in kept] == [1, 2, 3, 1, 4]
    await rig.http.delete(path)


async def test_a_secret_that_comes_later_judges_what_is_kept(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    await stranger.post(url, content=b"{}", headers=signed(b"{}"))
    await stranger.post(url, content=b"{}")
    large = b"x" * 300_000
    await stranger.post(url, content=large, headers=signed(large))
    verdicts = [["no_secret", "none", "no_secret"]]
    for secret in (SECRET, OTHER, ""):
        answer = await rig.http.put(f"{url}/secret", json={"signing_secret": secret})
        assert answer.json()["has_secret"] is bool(secret)
        verdicts.append([each["signature"]["verdict"] for each in await requests(stranger, url)])
    assert verdicts[1:] == [["unchecked", "none", "verified"], ["unchecked", "none", "wrong"], verdicts[0]]
    await rig.http.put(f"{url}/secret", json={"signing_secret": SECRET})
    await stranger.post(url, content=large, headers=signed(large))
    assert (await requests(stranger, url))[0]["signature"]["verdict"] == "verified"


async def test_a_bin_answers_what_it_is_told_to(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    for status in (503, 204, 304, 410, 200):
        assert (await rig.http.put(f"{url}/answer", json={"status": status})).json()["status"] == status
        assert (await stranger.post(url)).status_code == status
    assert len(await requests(stranger, url)) == 5
    for wrong in (199, 600, "500", True, None):
        answer = await rig.http.put(f"{url}/answer", json={"status": wrong})
        assert answer.status_code == 400, wrong


async def test_only_who_made_it_changes_it(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    world = rig.suite.world
    account = account_pb2.Account(name="another", plan=account_pb2.PLAN_BASIC)
    other = await world.operator.CreateAccount(account_pb2.CreateAccountRequest(account=account))
    asked = account_pb2.CreateKeyRequest(account_id=other.account.id, name="theirs", scopes=[account_pb2.SCOPE_MANAGE])
    theirs = await world.operator.CreateKey(asked)
    headers = {"Api-Key": theirs.secret, "Api-Appid": theirs.key.application_id}
    changes = [
        ("PUT", f"{url}/secret", {"signing_secret": SECRET}),
        ("PUT", f"{url}/answer", {"status": 500}),
        ("DELETE", f"{url}/requests", None),
        ("DELETE", url, None),
    ]
    await stranger.post(url)
    for method, path, body in changes:
        assert (await stranger.request(method, path, json=body)).status_code == 401
        refused = await stranger.request(method, path, json=body, headers=headers)
        assert (refused.status_code, reason(refused)) == (403, "BIN_OF_ANOTHER")
    assert len(await requests(stranger, url)) == 1
    operator = {"Api-Key": world.first.operator_key, "Api-Appid": world.first.operator_appid}
    for method, path, body in changes:
        done = await stranger.request(method, path, json=body, headers=operator)
        assert done.status_code == 200, done.text
    for method in ("GET", "POST", "DELETE"):
        gone = await rig.http.request(method, url)
        assert (gone.status_code, reason(gone)) == (404, "BIN_UNKNOWN")
    assert (await stranger.get("/bin/x/requests")).status_code == 404


async def test_pages_lead_through_all_of_them(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    for _ in range(7):
        await stranger.post(url)
    seen, token = [], ""
    while True:
        page = (await stranger.get(f"{url}/requests?page_size=3&page_token={token}")).json()
        seen.append([each["number"] for each in page["requests"]])
        token = page["next_page_token"]
        if not token:
            break
    assert seen == [[7, 6, 5], [4, 3, 2], [1]]
    for wrong in ("page_size=101", "page_size=-1", "page_token=x", f"page_token={'9' * 30}"):
        assert (await stranger.get(f"{url}/requests?{wrong}")).status_code == 400
    assert (await rig.http.delete(f"{url}/requests")).status_code == 200
    assert await requests(stranger, url) == []


async def test_the_stream_goes_on_where_it_was_left(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    for _ in range(3):
        await stranger.post(url, content=b"line\r\nline")

    async def events(path: str, most: int, **headers: str) -> list[dict[str, Any]]:
        seen: list[dict[str, Any]] = []
        async with asyncio.timeout(20), stranger.stream("GET", path, headers=headers) as watch:
            assert watch.headers["content-type"].startswith("text/event-stream")
            lines = watch.aiter_lines()
            while len(seen) < most:
                line = await anext(lines)
                if line == ": still here" or line.startswith("retry:"):
                    continue
                if line.startswith("data: "):
                    seen.append(json.loads(line.removeprefix("data: ")))
        return seen

    watch = f"{url}/requests:watch"
    assert [each["number"] for each in await events(f"{watch}?after=0", 3)] == [1, 2, 3]
    resumed = await events(watch, 2, **{"Last-Event-ID": "1"})
    assert [each["number"] for each in resumed] == [2, 3]
    assert resumed[0]["body"] == "line\r\nline"
    fresh = asyncio.create_task(events(watch, 1))
    async with asyncio.timeout(20):
        while not fresh.done():
            await stranger.post(url)
            await asyncio.sleep(0.05)
    assert (await fresh)[0]["number"] > 3
    async with asyncio.timeout(20), stranger.stream("GET", f"{watch}?after=999") as ending:
        lines = ending.aiter_lines()
        await anext(lines)
        await rig.http.delete(url)
        rest = [line async for line in lines]
        assert "event: status" in rest


async def test_what_is_reserved_takes_no_other_method(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    for path, allowed in (("requests", "GET, DELETE"), ("requests:watch", "GET"), ("secret", "PUT"), ("answer", "PUT")):
        answer = await stranger.post(f"{url}/{path}")
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    for path in ("/", "/requests/", "/requests/x", "/secrets"):
        assert (await stranger.post(f"{url}{path}")).status_code == 200


async def test_a_browser_that_opens_it_sends_nothing(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    page = await stranger.get("/")
    for headers in ({"Sec-Fetch-Dest": "document"}, {"Accept": "text/html,*/*"}):
        opened = await stranger.get(url, headers=headers)
        assert opened.status_code == page.status_code
        assert opened.headers["content-type"] == page.headers["content-type"]
        assert opened.headers["content-type"].startswith("text/")
    assert await requests(stranger, url) == []
    for headers in ({"Sec-Fetch-Dest": "empty", "Accept": "text/html"}, {"Accept": "*/*"}):
        assert (await stranger.get(url, headers=headers)).json()["number"] >= 1
    for method in ("HEAD", "OPTIONS", "PROPFIND"):
        assert (await stranger.request(method, url)).status_code == 200
    assert len(await requests(stranger, url)) == 5


async def test_what_is_too_large_is_cut_and_said_to_be(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    text = "ä" * 200_000
    assert (await stranger.post(url, content=text.encode())).status_code == 200
    (kept,) = await requests(stranger, url)
    assert (kept["size"], kept["complete"], kept["cut"]) == (400_000, True, ["body"])
    assert kept["body"] == "ä" * (128 * 1024)
    odd = await stranger.post(url, content=b"x" + text.encode())
    assert odd.status_code == 200
    assert (await requests(stranger, url))[0]["body"] == "x" + "ä" * (128 * 1024 - 1)
    many = [(f"x-{number}", "v" * 40) for number in range(800)]
    assert (await stranger.post(f"{url}?{'q' * 20_000}", headers=many)).status_code == 200
    kept = (await requests(stranger, url))[0]
    assert kept["cut"] == ["query", "headers"]
    assert len(kept["query"]) == 8192
    assert 100 < len(kept["headers"]) < 800


async def test_a_body_without_an_end_is_not_waited_for(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    head = f"POST {url} HTTP/1.1\r\nhost: x\r\ncontent-length: 999999999\r\nwebhook-id: a\r\n".encode()
    head += b"webhook-timestamp: 1\r\nwebhook-signature: v1,x\r\n\r\n"
    await rig.http.put(f"{url}/secret", json={"signing_secret": SECRET})
    for body, status in ((b"x" * 1_200_000, b" 200 "), (b"{", b" 408 ")):
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.gateway.port)
        writer.write(head + body)
        async with asyncio.timeout(20):
            assert status in await reader.readline()
            assert b"onnection: close" in await reader.read()
        writer.close()
    slow, large = await requests(stranger, url)
    assert (slow["size"], slow["body"], slow["complete"], slow["cut"]) == (1, "{", False, ["body"])
    assert large["complete"] is False
    assert large["size"] > 1_000_000
    assert slow["signature"]["verdict"] == large["signature"]["verdict"] == "unchecked"


async def test_who_dawdles_takes_the_places_of_one_bin_only(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    other = f"/bin/{(await made(rig))['id']}"
    head = f"POST {url} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n".encode()
    held = [await asyncio.open_connection("127.0.0.1", rig.gateway.port) for _ in range(20)]
    for _, writer in held:
        writer.write(head)
        await writer.drain()
    answer = await stranger.post(url)
    async with asyncio.timeout(10):
        while answer.status_code == 200:
            answer = await stranger.post(url)
    assert (answer.status_code, reason(answer), answer.headers["retry-after"]) == (429, "TOO_MANY_AT_ONCE", "1")
    assert (await stranger.post(other)).status_code == 200
    for _, writer in held:
        writer.close()
    await rig.http.delete(other)


async def test_switched_off_it_says_how_to_switch_it_on() -> None:
    async with gateway(free_port(), free_port()) as off, httpx.AsyncClient(trust_env=False) as http:
        for method, path in (("POST", "/bin"), ("POST", "/bin/x"), ("GET", "/bin/x/requests")):
            answer = await http.request(method, f"http://127.0.0.1:{off.port}{path}")
            assert (answer.status_code, reason(answer)) == (404, "BIN_OFF")
            assert "HOOKLINE_GATEWAY_BIN=true" in answer.json()["message"]


async def test_the_address_may_be_set_and_memory_is_enough(tmp_path: Path) -> None:
    more = {"gateway_bin": True, "gateway_public_url": "https://hooks.example/in/"}
    async with door(tmp_path, **more) as made_door:
        assert (await made(made_door))["url"].startswith("https://hooks.example/in/bin/")
        await made_door.suite.world.registry.stop(0)
        answer = await made_door.http.post("/bin")
        assert (answer.status_code, reason(answer)) == (503, "REGISTRY_AWAY")


async def test_what_is_answered_is_what_the_document_tells(rig: Door, stranger: httpx.AsyncClient, url: str) -> None:
    await stranger.post(url, json={"a": 1}, headers={"webhook-id": "one"})
    await stranger.post(url, content=b"\xff")
    for method, path, body in (
        ("POST", "/bin", {}),
        ("GET", "/bin/{id}/requests", None),
        ("PUT", "/bin/{id}/secret", {"signing_secret": SECRET}),
        ("PUT", "/bin/{id}/answer", {"status": 503}),
        ("DELETE", "/bin/{id}/requests", None),
        ("DELETE", "/bin/{id}", None),
        ("GET", "/bin/{id}/requests", None),
        ("PUT", "/bin/{id}/answer", {"status": 99}),
    ):
        answer = await rig.http.request(method, path.replace("/bin/{id}", url), json=body)
        told = DOCUMENT["paths"][path][method.lower()]["responses"][str(answer.status_code)]
        told = DOCUMENT["components"]["responses"][told["$ref"].rpartition("/")[2]] if "$ref" in told else told
        schema = told["content"]["application/json"]["schema"]
        OAS31Validator({**schema, "components": DOCUMENT["components"]}).validate(answer.json())
