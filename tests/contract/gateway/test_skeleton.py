"""What every request meets, whatever it asks for: health, ids, unknown routes, services that are away."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.contract.gateway.rig import door, gateway
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
    ],
)
async def test_what_has_no_route_is_told_in_json(method: str, path: str, status: int, reason: str) -> None:
    async with gateway(free_port(), free_port()) as made, httpx.AsyncClient(trust_env=False) as http:
        answer = await http.request(method, f"http://127.0.0.1:{made.port}{path}", headers={"X-Request-Id": "mine"})
        assert answer.status_code == status
        assert answer.json()["details"][0]["reason"] == reason
        assert answer.headers["x-request-id"] == "mine"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert status != 405 or "GET" in answer.headers["allow"]
