"""What every request meets, whatever it asks for: health, ids, unknown routes, services that are away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from hookline.registry.v1 import account_pb2

from hookline_gateway.security_headers import EVERY_ANSWER
from tests.contract.gateway.rig import Door, door, gateway
from tests.contract.gateway.test_slow_clients import connection
from tests.integration.process import free_port


async def test_health_tells_of_each_part(tmp_path: Path) -> None:
    async with door(tmp_path) as rig:
        answer = await rig.http.get("/healthz")
        assert answer.status_code == 200
        assert answer.json() == {"gateway": "SERVING", "registry": "SERVING", "dispatcher": "SERVING"}


async def test_without_services_health_says_which_are_away() -> None:
    async with gateway(free_port(), free_port()) as made, httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"http://127.0.0.1:{made.port}/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"gateway": "SERVING", "registry": "NOT_SERVING", "dispatcher": "NOT_SERVING"}


@pytest.mark.parametrize(
    "method, path, status, reason",
    [
        ("GET", "/nothing", 404, "ROUTE_UNKNOWN"),
        ("GET", "/healthz/", 404, "ROUTE_UNKNOWN"),
        ("POST", "/healthz", 405, "METHOD_NOT_ALLOWED"),
        ("PROPFIND", "/healthz", 405, "METHOD_NOT_ALLOWED"),
        ("OPTIONS", "/session", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/session", 401, "SESSION_MISSING"),
        ("GET", "/assets/nothing.js", 404, "ROUTE_UNKNOWN"),
        ("GET", "/bin/nothing", 404, "BIN_OFF"),
        ("GET", "/v1/nothing", 404, "ROUTE_UNKNOWN"),
        ("PUT", "/v1/events", 405, "METHOD_NOT_ALLOWED"),
    ],
)
async def test_what_is_refused_at_the_door_is_told_in_json_and_kept_by_nobody(
    method: str, path: str, status: int, reason: str
) -> None:
    async with gateway(free_port(), free_port()) as made, httpx.AsyncClient(trust_env=False) as http:
        answer = await http.request(method, f"http://127.0.0.1:{made.port}{path}", headers={"X-Request-Id": "mine"})
        assert answer.status_code == status
        assert answer.json()["details"][0]["reason"] == reason
        assert answer.headers["x-request-id"] == "mine"
        assert EVERY_ANSWER.items() <= answer.headers.items()
        assert answer.headers["cache-control"] == "no-store"
        assert ("allow" in answer.headers) is (status == 405)


async def test_a_path_with_several_methods_names_them_all() -> None:
    async with gateway(free_port(), free_port()) as made, httpx.AsyncClient(trust_env=False) as http:
        answer = await http.options(f"http://127.0.0.1:{made.port}/session")
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "DELETE"}


async def test_pages_of_other_origins_may_call_only_where_a_setting_says_so() -> None:
    origin = "https://app.example"
    headers = "api-key, api-appid, content-type, if-match, if-none-match, last-event-id, x-request-id"
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": headers}
    for setting, allowed in (("", None), (origin, origin)):
        async with (
            gateway(free_port(), free_port(), gateway_cors_origins=setting) as made,
            httpx.AsyncClient(trust_env=False) as http,
        ):
            answer = await http.options(f"http://127.0.0.1:{made.port}/v1/events", headers=asked)
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert answer.status_code == (200 if allowed else 405)


async def test_more_requests_at_once_than_may_be_are_refused(tmp_path: Path) -> None:
    async with (
        door(tmp_path, gateway_max_concurrent_requests=1) as rig,
        rig.http.stream("GET", "/v1/deliveries:watch") as watch,
    ):
        assert watch.status_code == 200
        answer = await rig.http.get("/healthz")
        assert answer.status_code == 503
        assert answer.json()["details"][0]["reason"] == "TOO_MANY_REQUESTS_AT_ONCE"


async def test_who_sends_lines_takes_the_place_of_a_stream_until_the_end(tmp_path: Path) -> None:
    line = b'{"type":"sub_tag","params":{"tag_id":"4"},"object_id":"8"}\n'
    lines = {"Content-Type": "application/x-ndjson"}
    async with door(tmp_path, gateway_streams_per_key=1) as rig, connection(rig.gateway.port) as (reader, writer):
        keys = "".join(f"{name}: {value}\r\n" for name, value in rig.http.headers.items() if name.startswith("api"))
        head = f"POST /v1/events HTTP/1.1\r\nhost: x\r\n{keys}content-type: application/x-ndjson\r\n"
        writer.write(f"{head}transfer-encoding: chunked\r\n\r\n{len(line):x}\r\n".encode() + line + b"\r\n")
        await reader.readuntil(b'"ack"')
        answer = await rig.http.post("/v1/events", content=line, headers=lines)
        assert (answer.status_code, answer.json()["details"][0]["reason"]) == (429, "TOO_MANY_AT_ONCE")
        assert (await rig.http.get("/v1/deliveries:watch")).status_code == 429
        writer.write(b"0\r\n\r\n")
        await reader.readuntil(b"0\r\n\r\n")
        for key, status in (({}, 200), ({}, 200), ({"Api-Key": "wrong"}, 401), ({"Api-Key": "wrong"}, 401)):
            answer = await rig.http.post("/v1/events", content=line, headers={**lines, **key})
            assert answer.status_code == status, answer.text


async def test_the_streams_of_a_key_are_bounded_and_another_finds_room(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_streams_per_key=1) as rig:
        asked = account_pb2.CreateKeyRequest(
            account_id=rig.suite.world.first.account_id, name="another", scopes=[account_pb2.SCOPE_READ]
        )
        made = await rig.suite.world.operator.CreateKey(asked)
        another = {"Api-Key": made.secret, "Api-Appid": made.key.application_id}
        async with rig.http.stream("GET", "/v1/deliveries:watch") as watch:
            assert "retry: 1000" in await anext(aiter(watch.aiter_lines()))
            refused = await rig.http.get("/v1/overview:watch")
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
            assert refused.json()["details"][0]["reason"] == "TOO_MANY_AT_ONCE"
            async with rig.http.stream("GET", "/v1/overview:watch", headers=another) as other:
                assert other.status_code == 200
        async with asyncio.timeout(30):
            while (await status_of_stream(rig)) == 429:
                await asyncio.sleep(0.01)


async def status_of_stream(rig: Door) -> int:
    async with rig.http.stream("GET", "/v1/overview:watch") as watch:
        return watch.status_code


async def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path) -> None:
    async with gateway(free_port(), free_port(), gateway_body_seconds=0.1) as made:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.port)
        writer.write(b"POST /v1/forms HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{")
        async with asyncio.timeout(20):
            assert b" 408 " in await reader.readline()
        writer.close()
        await writer.wait_closed()


async def test_a_head_has_no_body(tmp_path: Path) -> None:
    async with door(tmp_path) as rig:
        answer = await rig.http.head("/v1/subscriptions")
        assert (answer.status_code, answer.content) == (200, b"")
