"""Campaigns in a dispatcher that is killed again and again: everybody goes through once, and is counted once."""

from __future__ import annotations

import asyncio
import itertools
import random
import signal
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format
from hookline.dispatcher.v1 import campaign_stats_service_pb2 as stats_pb2
from hookline.dispatcher.v1 import event_service_pb2
from hookline.registry.v1 import campaign_pb2, global_rule_pb2, webhook_pb2

from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.suite import Caller, event
from tests.integration.process import BOUND, Apart, apart

KILLS = 6
PER_KILL = 16
"""Contacts that are acked between two kills, at least."""
WAYS = 10
"""A webhook may send three requests a second: so many ways, each with webhooks of its own, make the test short."""
KINDS = ("greet", "rule", "part", "note")
VIP, FIRST_MARK = "7", 10
"""Vips get the tag before they come in; a contact of way i gets tag FIRST_MARK + i on the map."""
Counts = dict[str, tuple[int, int, int]]
"""Of each element how many reached it, left it, and were sent something."""

Hooks = dict[tuple[str, int], int]


async def make_hooks(suite: Apart) -> Hooks:
    """A webhook for each kind and way; its path says which."""
    ids: Hooks = {}
    for kind, way in itertools.product(KINDS, range(WAYS)):
        hook = webhook_pb2.Webhook(
            name=f"{kind} {way}", url=f"http://127.0.0.1:{suite.receiver.port}/{kind}/{way}", data="[Contact ID]"
        )
        made = await suite.world.user.CreateWebhook(webhook_pb2.CreateWebhookRequest(webhook=hook))
        ids[kind, way] = made.webhook.id
    return ids


def first_map(hooks: Hooks) -> dict[str, Any]:
    """Ways by weight; on each a webhook, a wait, a tag that sets off a rule and the other map, a wait, a question."""
    elements: list[dict[str, Any]] = [
        {"id": "in", "entry": {"triggers": [tagged(1)]}, "next": "ways"},
        {"id": "ways", "split": {"branches": [{"weight": 1, "next": f"greet{way}"} for way in range(WAYS)]}},
        {"id": "end", "end": {}},
    ]
    for way in range(WAYS):
        is_vip = [{"all_of": [{"tag": {"tag_id": VIP}}, {"tag": {"tag_id": FIRST_MARK + way}}]}]
        elements += [
            {"id": f"greet{way}", "webhook": {"webhook_id": hooks["greet", way]}, "next": f"rest{way}"},
            wait(f"rest{way}", f"mark{way}"),
            {"id": f"mark{way}", "tag": {"tag_id": FIRST_MARK + way}, "next": f"later{way}"},
            wait(f"later{way}", f"vip{way}"),
            {"id": f"vip{way}", "condition": {"any_of": is_vip, "yes": f"part{way}", "no": "end"}},
            {"id": f"part{way}", "webhook": {"webhook_id": hooks["part", way]}, "next": "end"},
        ]
    return {"name": "first", "elements": elements}


def second_map(hooks: Hooks) -> dict[str, Any]:
    """Whoever was marked comes in once it has been quiet, and has a webhook fire by weight."""
    marks = [tagged(FIRST_MARK + way) for way in range(WAYS)]
    return {
        "name": "second",
        "elements": [
            {"id": "in", "entry": {"triggers": marks, "settle": {"quiet": "1s"}}, "next": "ways"},
            {"id": "ways", "split": {"branches": [{"weight": 1, "next": f"note{way}"} for way in range(WAYS)]}},
            *(
                {"id": f"note{way}", "webhook": {"webhook_id": hooks["note", way]}, "next": "end"}
                for way in range(WAYS)
            ),
            {"id": "end", "end": {}},
        ],
    }


def tagged(tag_id: int) -> dict[str, Any]:
    return {"event": "sub_tag", "params": {"tag_id": str(tag_id)}}


def wait(id_: str, next_id: str) -> dict[str, Any]:
    return {"id": id_, "wait": {"span": {"amount": 1, "unit": "SPAN_UNIT_SECONDS"}}, "next": next_id}


async def go_live(suite: Apart, campaign: dict[str, Any]) -> campaign_pb2.PublishCampaignResponse:
    wanted = json_format.ParseDict(campaign, campaign_pb2.Campaign())
    user = suite.world.user
    draft = (await user.CreateCampaign(campaign_pb2.CreateCampaignRequest(campaign=wanted))).campaign
    live: campaign_pb2.PublishCampaignResponse = await user.PublishCampaign(
        campaign_pb2.PublishCampaignRequest(id=draft.id)
    )
    return live


async def make_rules(suite: Apart, hooks: Hooks) -> None:
    for way in range(WAYS):
        text = global_rule_pb2.RuleText(
            events=f"Contact_added_to_category({FIRST_MARK + way})", actions=f"Ping_APIURL({hooks['rule', way]})"
        )
        rule = global_rule_pb2.GlobalRule(name=f"rule {way}")
        await suite.world.user.CreateGlobalRule(global_rule_pb2.CreateGlobalRuleRequest(rule=rule, text=text))


class Producer:
    """Has as many contacts come in as it may; what was not acked is published again, as it was."""

    def __init__(self, suite: Apart, revision: int) -> None:
        self._suite = suite
        self._revision = revision
        self._numbers = itertools.count()
        self._goal = 0
        self.acked: list[str] = []

    async def run(self) -> None:
        async with open_channel(self._suite.dispatcher.address) as channel:
            caller = self._suite.caller(channel)
            while True:
                await self._until(lambda: len(self.acked) < self._goal)
                contacts = [f"{next(self._numbers)}" for _ in range(4)]
                await self._publish(caller, contacts)
                self.acked += contacts

    async def _publish(self, caller: Caller, contacts: list[str]) -> None:
        batch = event_service_pb2.PublishBatchRequest(
            events=[coming_in(each) for each in contacts], min_config_revision=self._revision
        )
        while True:
            try:
                answer = await caller.PublishBatch(batch)
            except grpc.aio.AioRpcError:
                await asyncio.sleep(0.02)
                continue
            assert all(result.HasField("ack") for result in answer.results)
            return

    async def acks(self, more: int, beyond: int = 0) -> None:
        """Waits until that many more have been acked, while it goes on with some beyond these."""
        wanted = len(self.acked) + more
        self._goal = wanted + beyond
        async with asyncio.timeout(BOUND):
            await self._until(lambda: len(self.acked) >= wanted)

    @staticmethod
    async def _until(condition: Callable[[], bool]) -> None:
        while not condition():
            await asyncio.sleep(0.002)


def is_vip(contact: str) -> bool:
    return int(contact) % 2 == 0


def coming_in(contact: str) -> Any:
    tags = ["1", VIP] if is_vip(contact) else ["1"]
    data = b'{"id":"%s"}' % contact.encode()
    return event(f"e{contact}", object_id=contact, params={"tag_id": "1"}, tags=tags, data=data)


@dataclass(slots=True)
class Arrived:
    """What the receiver got: of each kind and contact, by which way, and under which webhook-ids."""

    ways: dict[tuple[str, str], set[int]]
    ids: dict[tuple[str, str], set[str]]

    def way(self, kind: str, contact: str) -> int:
        (way,) = self.ways[kind, contact]
        return way


def arrived(suite: Apart, refused: set[int]) -> Arrived:
    ways: dict[tuple[str, str], set[int]] = defaultdict(set)
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for number, each in enumerate(suite.receiver.received):
        _, kind, way = each.path.split("/")
        contact = each.body.decode()
        ids[kind, contact].add(each.headers["webhook-id"])
        if number not in refused:
            ways[kind, contact].add(int(way))
    return Arrived(dict(ways), ids)


def expected(contacts: Iterable[str]) -> set[tuple[str, str]]:
    """What a plain model says is fired."""
    always = ("greet", "rule", "note")
    fired = {(kind, contact) for contact in contacts for kind in always}
    return fired | {("part", contact) for contact in contacts if is_vip(contact)}


def first_counts(contacts: list[str], got: Arrived) -> Counts:
    """What a plain model says of the first map; the way of each contact is the one that was seen."""
    way = Counter(got.way("greet", each) for each in contacts)
    vips = Counter(got.way("greet", each) for each in contacts if is_vip(each))
    everybody = len(contacts)
    counts = dict.fromkeys(("in", "ways", "end"), (everybody, everybody, 0))
    for each in range(WAYS):
        counts |= {f"{name}{each}": (way[each], way[each], 0) for name in ("rest", "mark", "later", "vip")}
        counts[f"greet{each}"] = (way[each],) * 3
        counts[f"part{each}"] = (vips[each],) * 3
    return {**counts, "": (everybody,) * 3}


def second_counts(contacts: list[str], got: Arrived) -> Counts:
    way = Counter(got.way("note", each) for each in contacts)
    everybody = len(contacts)
    counts: Counts = {f"note{each}": (way[each],) * 3 for each in range(WAYS)}
    counts |= dict.fromkeys(("in", "ways", "end"), (everybody, everybody, 0))
    return {**counts, "": (everybody,) * 3}


async def counts_of(suite: Apart, campaign_id: int) -> tuple[Counts, int]:
    """The counts as they are shown; and how many wait, are on their way, or failed."""
    async with open_channel(suite.dispatcher.address) as channel:
        request = stats_pb2.GetCampaignStatsRequest(campaign_id=campaign_id)
        shown = await suite.caller(channel).GetCampaignStats(request)
    every = [*shown.elements, shown.total]
    rest = sum(each.waiting + each.on_its_way + each.failed for each in every)
    return {each.element_id: (each.reached, each.left, each.sent) for each in every}, rest


async def until_counted(suite: Apart, campaign_id: int, wanted: Counts) -> None:
    found: tuple[Counts, int] = ({}, 0)
    try:
        async with asyncio.timeout(BOUND):
            while (found := await counts_of(suite, campaign_id)) != (wanted, 0):
                await asyncio.sleep(0.05)
    except TimeoutError:
        assert found == (wanted, 0)


def left_over(suite: Apart) -> dict[str, int]:
    """What the store of the dispatcher, that has ended, would still have to do."""
    tables = {"pending_route": "1", "timer": "1", "delivery": "state < 3", "element": "present OR pending"}
    with closing(sqlite3.connect(suite.dispatcher.folder / "dispatcher.db")) as file:
        found = {
            name: file.execute(f"SELECT count(*) FROM {name} WHERE {condition}") for name, condition in tables.items()
        }
        return {name: rows.fetchone()[0] for name, rows in found.items()}


async def test_kills_neither_lose_nor_double_a_step(tmp_path: Path) -> None:
    async with apart(tmp_path) as suite:
        hooks = await make_hooks(suite)
        await make_rules(suite, hooks)
        first, second = await go_live(suite, first_map(hooks)), await go_live(suite, second_map(hooks))
        producer = Producer(suite, second.config_revision)
        requests, refused = itertools.count(), set()

        def answer(_: object) -> tuple[int, str]:
            """Every eleventh request fails, so that a kill finds retries as well."""
            number = next(requests)
            if number % 11 == 0:
                refused.add(number)
                return 503, ""
            return 200, ""

        suite.receiver.answer = answer
        publishing = asyncio.create_task(producer.run())
        chance = random.Random(20261124)
        for _ in range(KILLS):
            await producer.acks(PER_KILL, beyond=PER_KILL // 2)
            await asyncio.sleep(chance.uniform(0.0, 1.5))  # so that kills meet every kind of step
            await suite.dispatcher.end(signal.SIGKILL)
            await suite.dispatcher.start()
        await producer.acks(PER_KILL)
        publishing.cancel()
        contacts = producer.acked
        async with asyncio.timeout(BOUND):
            while set((got := arrived(suite, refused)).ways) != expected(contacts):
                await asyncio.sleep(0.05)
        await until_counted(suite, first.campaign.id, first_counts(contacts, got))
        await until_counted(suite, second.campaign.id, second_counts(contacts, got))
        got = arrived(suite, refused)
        assert set(got.ways) == expected(contacts)
        assert all(got.way("rule", each) == got.way("greet", each) for each in contacts)
        assert all(got.way("part", each) == got.way("greet", each) for each in contacts if is_vip(each))
        doubled = {key: ids for key, ids in got.ids.items() if len(ids) != 1}
        assert not doubled, "one delivery each, however often it was sent"
        assert len(set.union(*got.ids.values())) == len(got.ids), "and each is one's own"
        assert await suite.dispatcher.end(signal.SIGTERM) == 0
        assert left_over(suite) == dict.fromkeys(("pending_route", "timer", "delivery", "element"), 0)
