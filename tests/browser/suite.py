"""What the pages are tried against: every service as a process, by `hookline up`, and a receiver in this one.

The services take a while to start; an account on them is made at once, and sees nothing of another's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.contract.dispatcher.receiver import Receiver, receiving
from tests.e2e.test_cli import PATIENCE, Up, started


@dataclass(frozen=True, slots=True)
class Key:
    """An API key with its application id."""

    key: str
    appid: str

    @property
    def headers(self) -> dict[str, str]:
        """As requests carry it."""
        return {"Api-Key": self.key, "Api-Appid": self.appid}


@dataclass
class Suite:
    """What runs. ``receiver.answer`` says what the receiver answers; ``up.ok("targets", "list")`` runs the CLI.

    ``key`` belongs to the account, which has the plan PRO with global rules and form rules switched on; ``operator``
    is an operator's. ``http`` and ``operator_http`` are clients of the gateway that show them. What ``up`` runs acts
    for the first account, which is another.
    """

    up: Up
    receiver: Receiver
    http: httpx.AsyncClient
    operator_http: httpx.AsyncClient
    key: Key
    operator: Key
    account_id: str

    @property
    def url(self) -> str:
        """Where the gateway is."""
        return str(self.http.base_url).rstrip("/")

    async def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Performs an operation of the JSON API with the account's key; the answer must be a success."""
        return _answer(await self.http.request(method, path, json=body, params=query))

    async def ask_as_operator(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The same with the operator's key."""
        return _answer(await self.operator_http.request(method, path, json=body, params=query))

    async def until_healthy(self) -> None:
        """Waits until every service serves, after one was away."""
        async with asyncio.timeout(PATIENCE):
            while not (await self.http.get("/healthz")).is_success:
                await asyncio.sleep(0.1)

    async def publish(self, type_: str, config_revision: str = "0", **event: Any) -> Any:
        """Publishes an event, once the dispatcher knows the configuration of that revision."""
        query = {"min_config_revision": config_revision}
        return await self.ask("POST", "/v1/events", {"type": type_, **event}, **query)


def _answer(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.method} {response.request.url}: {response.text}"
    return response.json() if response.content else None


@asynccontextmanager
async def suite(folder: Path) -> AsyncIterator[Suite]:
    """Everything, in a folder of its own on free ports."""
    with started(folder / "data") as up:
        async with tenant(up) as made:
            yield made


@asynccontextmanager
async def tenant(up: Up) -> AsyncIterator[Suite]:
    """An account of its own on services that run, named as the first one is, and a receiver of its own."""
    known = up.credentials
    operator = Key(known["operator_key"], known["operator_appid"])
    url = f"http://{known['http']}"
    async with _client(url, operator) as operator_http:
        account_id, key = await _account(operator_http)
        async with receiving() as receiver, _client(url, key) as http:
            yield Suite(up, receiver, http, operator_http, key, operator, account_id)


async def _account(operator: httpx.AsyncClient) -> tuple[str, Key]:
    features = {"global_rules": True, "form_rules": True}
    wanted = {"name": "My account", "plan": "PLAN_PRO", "features": features}
    account = _answer(await operator.post("/v1/accounts", json={"account": wanted}))["account"]
    scopes = ["SCOPE_MANAGE", "SCOPE_PUBLISH", "SCOPE_READ"]
    asked = {"account_id": account["id"], "name": "first key", "scopes": scopes}
    made = _answer(await operator.post("/v1/keys", json=asked))
    return account["id"], Key(made["secret"], made["key"]["application_id"])


def _client(url: str, key: Key) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, headers=key.headers, trust_env=False, timeout=30)
