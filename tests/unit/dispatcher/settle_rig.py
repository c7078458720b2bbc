"""A router with one definition that settles: a rule, a form or a subscription of the built-in kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any, cast

from hookline_builtin.triggers import FormRuleSource, GlobalRuleSource
from hookline_dispatcher.config.account import Switches
from hookline_dispatcher.config.codec import ItemKind
from hookline_dispatcher.core.event import Event
from hookline_dispatcher.core.instants import SECOND
from hookline_dispatcher.core.lane import LanePolicy
from hookline_dispatcher.ingest.ingest import Publication
from hookline_dispatcher.store.model import ConfigRow
from hookline_dispatcher.store.routing import Post
from hookline_plugin.trigger import TriggerSource
from tests.unit.dispatcher.configs import (
    ACCOUNT,
    PRO,
    account_row,
    target,
    target_row,
    trigger_row,
    webhook,
)
from tests.unit.dispatcher.router_rig import RouterRig

QUIET, LONGEST = 10, 25
SUBSCRIPTION, RULE, FORM = ItemKind.SUBSCRIPTION, ItemKind.GLOBAL_RULE, ItemKind.FORM
KINDS = (RULE, FORM, SUBSCRIPTION)
TYPES = {RULE: "sub_tag", FORM: "object_submits_form", SUBSCRIPTION: "sub_tag"}
FIRED_BY = {RULE: "global_rule/1", FORM: "form_rule/1/always_on", SUBSCRIPTION: ""}
NAMES = {RULE: "global_rule", FORM: "form_rule", SUBSCRIPTION: "subscription"}
ACTIONS = [{"webhook_id": "1"}]
CONTACT, DEAL = 0, 149


@dataclass
class SettleRig(RouterRig):
    """A router with one definition of a kind."""

    kind: ItemKind = RULE
    plan: int = PRO
    switches: Switches = field(default_factory=lambda: Switches(True, True))

    def find(self, name: str) -> TriggerSource | None:
        sources = {"global_rule": GlobalRuleSource(), "form_rule": FormRuleSource()}
        return cast("TriggerSource", sources[name]) if name in sources else super().find(name)

    async def configure(self, *rows: ConfigRow) -> None:
        self.revision += 1
        hook = target_row(webhook(policy=LanePolicy()))
        account = account_row(self.plan, switches=self.switches, revision=self.revision)
        await self.store.apply_config([account, hook, *rows], self.revision)
        self.cache.clear()

    def row(self, quiet: int = QUIET, longest: int = LONGEST, **more: Any) -> ConfigRow:
        revision = self.revision + 1
        about = more.pop("object_type_id", CONTACT)
        if self.kind is SUBSCRIPTION:
            plain = target(1, "sub_tag", revision=revision)
            return target_row(replace(plain, quiet=quiet * SECOND, longest=longest * SECOND, **more))
        settle = {"quiet": f"{quiet}s", "longest": f"{longest}s"} if quiet else {}
        if self.kind is RULE:
            triggers = [{"event": "sub_tag", "params": {"tag_id": "4"}}]
            body = {"object_type_id": about, "triggers": triggers, "actions": ACTIONS, "settle": settle, **more}
        else:
            body = {"object_type_id": about, "number": "4", "always_on": ACTIONS, "settle": settle, **more}
        return trigger_row(1, NAMES[self.kind], body, kind=self.kind, revision=revision)

    async def settle(self, quiet: int = QUIET, longest: int = LONGEST, **more: Any) -> None:
        await self.configure(self.row(quiet, longest, **more))

    async def happen(self, n: int, object_id: str = "8", about: int = CONTACT, **more: Any) -> Event:
        self.published += 1
        params = {"form_id": "4", "tag_id": "4"}
        data = json.dumps({"n": n}).encode()
        type_ = more.pop("type_", TYPES[self.kind])
        event = Event(ACCOUNT, f"e{self.published}", type_, about, object_id, data, params, **more)
        await self.ingest.publish([Publication(event, b"")])
        return event

    async def tell(self, n: int, object_id: str = "8", about: int = CONTACT, **more: Any) -> Event:
        """Publishes an event, and has the router hear of it at once."""
        event = await self.happen(n, object_id, about, **more)
        await self.work()
        return event

    async def later(self, seconds: float = QUIET) -> None:
        self.clock.time += int(seconds * SECOND)
        await self.work()

    @property
    def sent(self) -> list[tuple[str, int]]:
        """Object and data of each request, in the order in which they went to the worker."""
        return [(each.event.object_id, json.loads(each.event.data)["n"]) for each in self.claims]

    async def left(self) -> tuple[int, int, bool]:
        """Routes, timers, and whether anything is remembered of object 8."""
        figures = await self.store.route_figures()
        post = Post(ACCOUNT, self.kind, 1, CONTACT, "8")
        return figures.waiting, figures.timers, post in await self.store.memories([post])

    async def notes(self, event_id: str) -> list[str]:
        found = await self.store.event(ACCOUNT, event_id)
        assert found is not None
        return found.note.split("\n")
