"""A suite in which two accounts have one of everything each, and calls with raw requests to all of its RPCs."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from hookline.dispatcher.v1 import delivery_pb2, delivery_service_pb2, event_service_pb2
from hookline.registry.v1 import account_pb2, campaign_pb2, object_type_pb2, trigger_pb2

from hookline_registry.database import Transaction, set_counter
from tests.contract.access.asking import Has
from tests.contract.dispatcher.receiver import BOUND
from tests.contract.dispatcher.suite import Suite, event
from tests.contract.dispatcher.suite import running as running_suite
from tests.contract.raw_calls import call
from tests.contract.registry.world import SERVICE_KEY, campaigning, forming, hooking, refusal, ruling, subscribing

Metadata = tuple[tuple[str, str], ...]
SCOPES = (account_pb2.SCOPE_READ, account_pb2.SCOPE_PUBLISH, account_pb2.SCOPE_MANAGE)
HIGH = 50_000
KINDS = ("subscription", "webhook", "global_rule", "form", "campaign", "trigger", "object_type", "key")
OF_DISPATCHER = "hookline.dispatcher."
SERVICE: Metadata = (("service-key", SERVICE_KEY),)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an RPC ended."""

    code: grpc.StatusCode
    text: str = ""
    reason: str = ""
    fields: tuple[str, ...] = ()
    answer: Message | None = None


@dataclass(slots=True)
class Two:
    """What runs, the first account's things and the second's, whose numbers are higher."""

    suite: Suite
    folder: Path
    first: Has
    second: Has
    second_id: int
    first_key: Metadata
    second_key: Metadata

    def call(self, method: MethodDescriptor, request: bytes, metadata: Metadata) -> Any:
        """Calls an RPC as a client that nobody here wrote does; waits for one response."""
        of_dispatcher = method.containing_service.full_name.startswith(OF_DISPATCHER)
        channel = self.suite.channel if of_dispatcher else self.suite.world.channel
        return call(channel, method, request, metadata)

    async def outcome(self, method: MethodDescriptor, request: Message, metadata: Metadata) -> Outcome:
        """How a call ends."""

        async def called() -> Message:
            answer: Message = await self.call(method, request.SerializeToString(), metadata)
            return answer

        task = asyncio.ensure_future(called())
        try:
            return Outcome(grpc.StatusCode.OK, answer=await task)
        except grpc.aio.AioRpcError:
            refused = await refusal(task)
            return Outcome(refused.code, refused.text, refused.reason, refused.fields)

    async def key(self, account_id: int, *scopes: account_pb2.Scope.ValueType) -> Metadata:
        """A new key; of account 0, an operator's."""
        kind = account_pb2.KEY_KIND_ACCOUNT if account_id else account_pb2.KEY_KIND_OPERATOR
        asked = account_pb2.CreateKeyRequest(name="k", account_id=account_id, kind=kind, scopes=scopes)
        made = await self.suite.world.operator.CreateKey(asked)
        return (("api-appid", made.key.application_id), ("api-key", made.secret))

    def rows(self, *accounts: int) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of both stores that belongs to one of the accounts, but for keys, which are used, and the feed."""
        found: dict[str, list[tuple[Any, ...]]] = {}
        for file in (self.folder / "registry.db", self.folder / "dispatcher" / "dispatcher.db"):
            with closing(sqlite3.connect(file)) as connection:
                for table in _of_accounts(connection):
                    where = f"account_id IN ({','.join(map(str, accounts))})"
                    rows = connection.execute(f"SELECT * FROM {table} WHERE {where}")
                    found[f"{file.name} {table}"] = sorted(rows, key=repr)
        return found


def _of_accounts(connection: sqlite3.Connection) -> Iterable[str]:
    query = "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = ?"
    return [name for (name,) in connection.execute(query, ("account_id",)) if name not in ("api_key", "config_item")]


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Two]:
    """Starts the suite with two accounts; the plugin of ``odd`` triggers has to be installed."""
    async with running_suite(folder) as suite:
        second_id, _ = await suite.world.new_account()

        async def count_from_high(transaction: Transaction) -> None:
            for kind in KINDS:
                await set_counter(transaction.connection, kind, HIGH, second_id)

        await suite.world.registry.database.write(count_from_high)
        nobody: Metadata = ()
        empty = Has(0, 0, 0, 0, "", "")
        two = Two(suite, folder, empty, empty, second_id, nobody, nobody)
        two.first_key, two.second_key = await two.key(1, *SCOPES), await two.key(second_id, *SCOPES)
        two.first = await _everything(two, 1, two.first_key, 1, "mine")
        two.second = await _everything(two, second_id, two.second_key, HIGH + 1, "theirs")
        yield two


async def _everything(two: Two, account_id: int, key: Metadata, number: int, name: str) -> Has:
    suite = two.suite
    world = suite.world.caller(key[0][1], key[1][1])
    subscribed = await world.CreateSubscription(subscribing(url=suite.receiver.url))
    await world.CreateWebhook(hooking(url=suite.receiver.url))
    kind = object_type_pb2.ObjectType(name=name)
    of_type = await world.CreateObjectType(object_type_pb2.CreateObjectTypeRequest(object_type=kind))
    await world.CreateGlobalRule(ruling(number))
    await world.CreateForm(forming(number))
    trigger = trigger_pb2.Trigger(kind="odd", name=name, configuration=b"{}")
    await world.CreateTrigger(trigger_pb2.CreateTriggerRequest(trigger=trigger))
    await world.CreateCampaign(campaigning(number))
    published = await world.PublishCampaign(campaign_pb2.PublishCampaignRequest(id=number))
    assert subscribed.subscription.id == number
    fact = event(name, object_id=name, account_id=account_id)
    wait = published.config_revision
    await suite.operator.Publish(event_service_pb2.PublishRequest(event=fact, min_config_revision=wait))
    delivery = await _settled(suite, account_id)
    route = await asyncio.to_thread(_set_aside, two.folder / "dispatcher" / "dispatcher.db", account_id, number)
    return Has(number, of_type.object_type.id, delivery, route, name, name)


async def _settled(suite: Suite, account_id: int) -> int:
    """The id of a delivery, once all are delivered: from then on nothing of the account changes by itself."""
    asked = delivery_service_pb2.ListDeliveriesRequest(account_id=account_id)
    async with asyncio.timeout(BOUND):
        while True:
            page = (await suite.operator.ListDeliveries(asked)).deliveries
            # By the subscription, the rule and the campaign.
            if len(page) == 3 and {each.state for each in page} == {delivery_pb2.DELIVERY_STATE_DELIVERED}:
                return int(page[0].id)


def _set_aside(file: Path, account_id: int, number: int) -> int:
    """A route as a source leaves it that failed time and again."""
    with closing(sqlite3.connect(file, timeout=BOUND)) as connection, connection:
        made = connection.execute(
            "INSERT INTO pending_route (account_id, object_type_id, object_id, source, what, kind, definition_id, "
            "event_seq, hop, timer_key, due_time, attempts, create_time, retry_time, aside_time, reason) "
            "VALUES (?, 0, '8', 'campaign', 1, 8, ?, 0, 0, '', 0, 6, 1, 0, 1, 'it failed')",
            (account_id, number),
        )
        assert made.lastrowid
        return made.lastrowid
