"""Events as JSON lines over a socket: acked line by line, with bounded memory, whatever the lines hold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.gateway.rig import Door, door, gateway
from tests.integration.process import free_port

LINES = {"Content-Type": "application/x-ndjson"}


def line(number: int, **more: Any) -> bytes:
    event = {"id": f"e{number}", "type": "sub_tag", "params": {"tag_id": "4"}, "object_id": "8", **more}
    return json.dumps(event).encode() + b"\n"


def results(answer: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(each) for each in answer.text.splitlines()]


async def test_every_line_is_acked_in_order_and_a_bad_one_stops_nothing(tmp_path: Path) -> None:
    async with door(tmp_path) as rig:
        body = b"".join(
            [
                line(1),
                b"\n",
                b'{"id": "cut\n',
                line(4, object_id=""),
                line(5, data={"firstname": "Mary"}),
                line(6, data=[]),
                b'{"x": "' + b"x" * (1 << 20) + b'"}\n',
                line(1),
                line(9, occurred_time="2026-03-01T09:30:00Z", objectVersion="7").rstrip(),
            ]
        )
        answer = await rig.http.post("/v1/events", content=body, headers=LINES)
        assert answer.headers["content-type"].startswith("application/x-ndjson")
        told = {each["line"]: each for each in results(answer)}
        assert list(told) == [1, 3, 4, 5, 6, 7, 8, 9]
        assert [number for number, each in told.items() if "ack" in each] == [1, 5, 8, 9]
        assert told[8]["ack"]["duplicate"] is True
        assert told[3]["error"]["details"][0]["reason"] == "JSON_UNREADABLE"
        assert told[3]["error"]["message"].startswith("this line, read by itself, is not JSON")
        assert told[4]["error"]["details"][1]["field_violations"][0]["field"] == "object_id"
        assert told[6]["error"]["details"][1]["field_violations"][0]["field"] == "data"
        assert told[7]["error"]["details"][0]["reason"] == "LINE_TOO_LONG"


async def test_acks_come_while_the_body_is_still_being_sent(tmp_path: Path) -> None:
    async with door(tmp_path) as rig:
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.gateway.port)
        first = rig.suite.world.first
        head = f"POST /v1/events HTTP/1.1\r\nhost: x\r\napi-key: {first.api_key}\r\napi-appid: {first.api_appid}\r\n"
        head += "content-type: application/jsonl\r\ntransfer-encoding: chunked\r\n\r\n"
        writer.write(head.encode())
        async with asyncio.timeout(20):
            for number in (1, 2, 3):
                event = line(number)
                writer.write(b"%x\r\n%b\r\n" % (len(event), event))
                while f'"event_id":"e{number}"'.encode() not in await reader.readline():
                    pass
            writer.write(b"0\r\n\r\n")
            assert (await reader.read(5)).strip() in (b"", b"0")
        writer.close()


async def test_a_client_that_reads_only_after_it_has_sent_everything_is_served(tmp_path: Path) -> None:
    count = 30_000
    async with door(tmp_path) as rig:

        async def body() -> AsyncIterator[bytes]:
            for start in range(0, count, 500):
                yield b"".join(line(number) for number in range(start, start + 500))

        answer = await rig.http.post("/v1/events", content=body(), headers=LINES)
        told = results(answer)
        assert [each["ack"]["event_id"] for each in told] == [f"e{number}" for number in range(count)]


@pytest.mark.parametrize(
    "headers, status, reason",
    [({"Api-Key": "wrong"}, 401, "KEY_INVALID"), ({"Content-Encoding": "gzip"}, 415, "CONTENT_TYPE_UNSUPPORTED")],
)
async def test_a_refusal_of_the_whole_has_a_status_of_its_own(
    tmp_path: Path, headers: dict[str, str], status: int, reason: str
) -> None:
    async with door(tmp_path) as rig:
        answer = await rig.http.post("/v1/events", content=line(1) * 2000, headers=LINES | headers)
        assert (answer.status_code, answer.json()["details"][0]["reason"]) == (status, reason)
        # The connection still serves.
        assert (await rig.http.post("/v1/events", content=b"", headers=LINES)).status_code == 200


@pytest.mark.parametrize("key", [{"Api-Key": ""}, {"Api-Key": "hl_key_x"}, {"Api-Appid": "hl_app_x"}])
async def test_a_bad_line_does_not_let_in_who_may_not_publish(tmp_path: Path, key: dict[str, str]) -> None:
    async with door(tmp_path) as rig:
        answer = await rig.http.post("/v1/events", content=b"{\n" + line(2), headers={**LINES, **key})
        assert (answer.status_code, answer.json()["code"]) == (401, 16)
        good = await rig.http.post("/v1/events", content=b"{\n" + line(2), headers=LINES)
        assert [each["line"] for each in results(good)] == [1, 2]


async def test_a_dispatcher_that_is_away_is_named_and_found_again(tmp_path: Path) -> None:
    async with door(tmp_path) as rig:
        port = free_port()
        async with gateway(port, port) as lonely, httpx.AsyncClient(trust_env=False) as http:
            url = f"http://127.0.0.1:{lonely.port}"
            for method, path, content, reason in (
                ("POST", "/v1/events", line(1), "DISPATCHER_AWAY"),
                ("GET", "/v1/deliveries", b"", "DISPATCHER_AWAY"),
                ("GET", "/v1/deliveries:watch", b"", "DISPATCHER_AWAY"),
                ("GET", "/v1/subscriptions", b"", "REGISTRY_AWAY"),
            ):
                answer = await http.request(method, url + path, content=content, headers=LINES if content else {})
                assert (answer.status_code, answer.json()["details"][0]["reason"]) == (503, reason)
                assert answer.headers["retry-after"] == "1"
                assert str(port) not in answer.text
        await _comes_back(rig, tmp_path)


async def _comes_back(rig: Door, folder: Path) -> None:
    address = rig.suite.dispatcher.port
    await rig.suite.dispatcher.stop()
    assert (await rig.http.get("/v1/deliveries")).status_code == 503
    await rig.suite.restart(folder, dispatcher_address=f"127.0.0.1:{address}")
    async with asyncio.timeout(20):
        while (await rig.http.get("/v1/deliveries")).status_code != 200:
            await asyncio.sleep(0.05)


async def test_a_drain_acks_what_came_and_says_from_where_to_send_again(tmp_path: Path) -> None:
    async with door(tmp_path, gateway_drain_seconds=10) as rig:
        held = asyncio.Event()

        async def body() -> AsyncIterator[bytes]:
            yield line(1)
            await held.wait()

        async with httpx.AsyncClient(base_url=rig.url, headers=rig.http.headers, verify=False, trust_env=False) as http:
            sending = asyncio.create_task(http.post("/v1/events", content=body(), headers=LINES))
            while not (await rig.http.get("/v1/events")).json()["events"]:
                pass
            draining = asyncio.create_task(rig.gateway.drain())
            await asyncio.wait({draining}, timeout=0.5)
            held.set()
            told = results(await sending)
            assert told[0]["ack"]["event_id"] == "e1"
            assert told[1]["unacked_from_line"] == 2
            assert told[1]["error"]["details"][0]["reason"] == "DRAINING"
            await draining
