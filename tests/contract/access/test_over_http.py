"""The same over HTTP: a sample, since the gateway asks the RPCs with the caller's own key."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from hookline.registry.v1 import account_pb2

from tests.contract.access.two_accounts import Two
from tests.contract.gateway.rig import gateway

pytestmark = pytest.mark.asyncio(loop_scope="session")
CALLS = [
    ("GET", "/v1/webhooks/{number}"),
    ("DELETE", "/v1/webhooks/{number}"),
    ("GET", "/v1/subscriptions/{number}"),
    ("POST", "/v1/subscriptions/{number}:rotateSecret"),
    ("GET", "/v1/campaigns/{number}"),
    ("POST", "/v1/globalRules/{number}:pause"),
    ("DELETE", "/v1/forms/{number}"),
    ("GET", "/v1/keys/{number}"),
    ("POST", "/v1/keys/{number}:revoke"),
    ("GET", "/v1/objectTypes/{number}"),
    ("GET", "/v1/deliveries/{delivery}"),
    ("POST", "/v1/deliveries/{delivery}:redeliver"),
    ("POST", "/v1/deliveries/{delivery}:cancel"),
    ("POST", "/v1/targets/TARGET_KIND_SUBSCRIPTION/{number}:pause"),
    ("GET", "/v1/events/theirs"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def http(two: Two) -> AsyncIterator[httpx.AsyncClient]:
    async with gateway(two.suite.world.registry.port, two.suite.dispatcher.port) as made:
        address = f"http://127.0.0.1:{made.port}"
        async with httpx.AsyncClient(base_url=address, verify=False, trust_env=False, timeout=30) as client:
            yield client


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_what_another_account_has_is_not_found(two: Two, http: httpx.AsyncClient, method: str, path: str) -> None:
    before = two.rows(two.second_id)
    path = path.format(number=two.second.number, delivery=two.second.delivery)
    first, second = dict(two.first_key), dict(two.second_key)
    assert (await http.request(method, path, headers=first)).status_code == 404
    other = await http.request(method, path, headers=first, params={"account_id": two.second_id})
    assert other.status_code in (400, 403)  # a body may hold it, an address that takes one may not
    assert two.rows(two.second_id) == before
    if method == "GET":
        assert (await http.request(method, path, headers=second)).status_code == 200


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_without_a_key_nobody_learns_anything(two: Two, http: httpx.AsyncClient, method: str, path: str) -> None:
    path = path.format(number=two.second.number, delivery=two.second.delivery)
    assert (await http.request(method, path)).status_code == 401
    if method != "GET":
        reading = dict(await two.key(two.second_id, account_pb2.SCOPE_READ))
        assert (await http.request(method, path, headers=reading)).status_code == 403


async def test_an_account_key_runs_no_installation(two: Two, http: httpx.AsyncClient) -> None:
    key = dict(two.first_key)
    assert (await http.get("/v1/accounts", headers=key)).status_code == 403
    assert (await http.post("/v1/accounts", headers=key, json={"account": {"name": "x"}})).status_code == 403
    assert (await http.delete(f"/v1/accounts/{two.second_id}", headers=key)).status_code == 403
