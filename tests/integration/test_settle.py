"""Rules, forms and subscriptions that settle, in real services: set in the registry, heard by a real receiver."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.field_mask_pb2 import FieldMask
from hookline.dispatcher.v1 import delivery_service_pb2, event_service_pb2
from hookline.event.v1 import event_pb2
from hookline.registry.v1 import account_pb2, form_pb2, global_rule_pb2, subscription_pb2
from hookline.registry.v1.settle_pb2 import Settle

from hookline_runtime.channels import open_channel
from tests.contract.dispatcher.suite import Caller
from tests.contract.registry.world import firing, hooking
from tests.integration.process import BOUND, Apart, apart

QUIET = Settle(quiet=Duration(seconds=1))
LONG = Settle(quiet=Duration(seconds=3600))
SUBSCRIBED, RULED, FORMED = "subscribed", "ruled", "formed"


@dataclass
class Settling:
    """A contact's tag 4 fires a rule and a subscription, its form 4 a form; all of them settle."""

    suite: Apart
    user: Caller
    revision: int = 0

    async def make(self, settle: Settle) -> None:
        registry, url = self.suite.world.user, self.suite.receiver.url
        for name in (RULED, FORMED):
            await registry.CreateWebhook(hooking(url, data=f'{{"from": "{name}", "name": "[First Name]"}}'))
        trigger = global_rule_pb2.RuleTrigger(event="sub_tag", params={"tag_id": "4"})
        rule = global_rule_pb2.GlobalRule(triggers=[trigger], actions=firing(1), settle=settle)
        await registry.CreateGlobalRule(global_rule_pb2.CreateGlobalRuleRequest(rule=rule))
        form = form_pb2.Form(number=4, always_on=firing(2), settle=settle)
        await registry.CreateForm(form_pb2.CreateFormRequest(form=form))
        subscription = subscription_pb2.Subscription(
            event="sub_tag(4)",
            url=url,
            content_type="application/json",
            format=subscription_pb2.PAYLOAD_FORMAT_LIGHTWEIGHT,
            ordered=True,
            settle=settle,
        )
        asked = subscription_pb2.CreateSubscriptionRequest(subscription=subscription)
        self.revision = (await registry.CreateSubscription(asked)).config_revision

    async def settle(self, settle: Settle) -> None:
        """Changes how each of them settles."""
        registry, mask = self.suite.world.user, FieldMask(paths=["settle"])
        rule = global_rule_pb2.GlobalRule(id=1, settle=settle)
        await registry.UpdateGlobalRule(global_rule_pb2.UpdateGlobalRuleRequest(rule=rule, update_mask=mask))
        form = form_pb2.Form(id=1, settle=settle)
        await registry.UpdateForm(form_pb2.UpdateFormRequest(form=form, update_mask=mask))
        subscription = subscription_pb2.Subscription(id=1, settle=settle)
        asked = subscription_pb2.UpdateSubscriptionRequest(subscription=subscription, update_mask=mask)
        self.revision = (await registry.UpdateSubscription(asked)).config_revision

    async def type_in(self, *object_ids: str, names: str = "abcdefghij", about: int = 0) -> None:
        """Each of the objects gets a tag and submits a form with one name after the other."""
        events = [
            event_pb2.Event(
                id=f"{type_}-{object_id}-{name}",
                type=type_,
                params={"tag_id": "4", "form_id": "4"},
                object_type_id=about,
                object_id=object_id,
                data=json.dumps({"firstname": f"{object_id} {name}"}).encode(),
            )
            for name in names
            for object_id in object_ids
            for type_ in ("sub_tag", "object_submits_form")
        ]
        batch = event_service_pb2.PublishBatchRequest(events=events, min_config_revision=self.revision)
        answer = await self.user.PublishBatch(batch)
        assert all(result.HasField("ack") for result in answer.results)

    def heard(self) -> Counter[tuple[str, str]]:
        """What was told by whom, each ``webhook-id`` once."""
        told = {}
        for each in self.suite.receiver.received:
            body: dict[str, Any] = json.loads(each.body)
            who, name = body.get("from", SUBSCRIBED), body.get("name") or body.get("data", {}).get("firstname")
            told[each.headers["webhook-id"]] = (who, name)
        return Counter(told.values())

    async def until_heard(self, *names: str) -> None:
        """Waits until everybody has told of each name, and sees that nobody told of anything else, or twice."""
        wanted = Counter((who, name) for who in (SUBSCRIBED, RULED, FORMED) for name in names)
        async with asyncio.timeout(BOUND):
            while self.heard() < wanted:
                await asyncio.sleep(0.02)
        await self.until_nothing_waits()
        assert self.heard() == wanted
        listed = await self.user.ListDeliveries(delivery_service_pb2.ListDeliveriesRequest(page_size=1000))
        assert len(listed.deliveries) == wanted.total()

    async def until_nothing_waits(self) -> None:
        async with asyncio.timeout(BOUND):
            while any(self.rows()):
                await asyncio.sleep(0.02)

    def rows(self) -> tuple[int, int, int]:
        """Routes, timers and memories."""
        with closing(sqlite3.connect(self.suite.dispatcher.folder / "dispatcher.db")) as file:
            tables = ("pending_route", "timer", "memory")
            counts = [file.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]
        return counts[0], counts[1], counts[2]

    async def again(self) -> None:
        """Kills the dispatcher and starts it anew."""
        await self.suite.dispatcher.end(signal.SIGKILL)
        await self.suite.dispatcher.start()


@asynccontextmanager
async def settling(folder: Path, settle: Settle) -> AsyncIterator[Settling]:
    async with apart(folder) as suite, open_channel(suite.dispatcher.address) as channel:
        made = Settling(suite, suite.caller(channel))
        await made.make(settle)
        yield made


async def test_what_is_typed_is_sent_once_with_its_last_data_also_over_kills(tmp_path: Path) -> None:
    async with settling(tmp_path, QUIET) as of:
        await of.type_in("8", "9")
        await of.again()  # most of it is settling, some may not have been heard of yet
        assert of.heard().total() <= 6
        await of.until_heard("8 j", "9 j")
        await of.again()
        await of.until_heard("8 j", "9 j")


async def test_what_is_left_is_sent_once_when_they_settle_no_longer(tmp_path: Path) -> None:
    async with settling(tmp_path, LONG) as of:
        await of.type_in("8", "9")
        await of.settle(Settle())
        await of.until_heard("8 j", "9 j")


async def test_what_settles_is_not_sent_once_the_plan_has_it_no_more(tmp_path: Path) -> None:
    async with settling(tmp_path, Settle(quiet=Duration(seconds=5))) as of:
        await of.type_in("8", names="ab")
        await of.type_in("7", names="ab", about=149)
        account = account_pb2.Account(id=of.suite.world.first.account_id, plan=account_pb2.PLAN_BASIC)
        changed = account_pb2.UpdateAccountRequest(account=account, update_mask=FieldMask(paths=["plan"]))
        of.revision = (await of.suite.world.operator.UpdateAccount(changed)).config_revision
        await of.type_in("9", names="a")
        assert not of.heard(), "the plan changed while all of it settled"
        await of.until_nothing_waits()
        listed = await of.user.ListDeliveries(delivery_service_pb2.ListDeliveriesRequest())
        assert {(each.fired_by.source, each.object_id) for each in listed.deliveries} == {
            ("subscription", "8"),
            ("subscription", "9"),
        }, "subscriptions are for contacts now, rules and forms for nobody"
